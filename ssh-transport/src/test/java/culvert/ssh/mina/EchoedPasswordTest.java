package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server may say the password that it has got, long after the login, and we do not repeat it. */
@Timeout(60)
class EchoedPasswordTest {
  private static final String CANARY = "kanarienvogel \u00fc";
  private static final String WITHHELD = "(not repeated: it might hold the password)";

  private final TracedLog log = new TracedLog();
  private TransportFixture ssh;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture().password(CANARY);
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
    log.close();
  }

  /** Opens no channel, and says why. */
  private void refusesChannels(int reason, String words) {
    ssh.server.setChannelFactories(
        List.of(
            new TcpipServerChannel.TcpipFactory(TcpForwardingFilter.Type.Direct) {
              @Override
              public Channel createChannel(Session session) {
                return new Refused(reason, words);
              }
            }));
  }

  private static final class Refused extends TcpipServerChannel {
    private final int reason;
    private final String words;

    Refused(int reason, String words) {
      super(TcpForwardingFilter.Type.Direct, null);
      this.reason = reason;
      this.words = words;
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
      try {
        Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
        packet.putUInt(getRecipient());
        packet.putUInt(reason);
        packet.putString(words);
        packet.putString(""); // language
        getSession().writePacket(packet);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new DefaultOpenFuture(this, this);
    }
  }

  private SshSession session(String password) throws Exception {
    return ssh.connect(ssh.server(), "alice", password, LOOPBACK).get(20, TimeUnit.SECONDS);
  }

  private SshException refusal(SshSession session) throws InterruptedException {
    Future<?> opened =
        session.openDirectTcpip(
            new TunnelTarget("127.0.0.1", 1),
            new Originator("127.0.0.1", 2),
            ssh.loop,
            new ChannelInboundHandlerAdapter());
    assertThat(opened.await(20, TimeUnit.SECONDS)).isTrue();
    return (SshException) opened.cause();
  }

  private Session server() {
    return ssh.server.getActiveSessions().get(0);
  }

  private void assertNotRepeated(SshException failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain(CANARY);
    assertThat(log.lines()).isNotEmpty().filteredOn(line -> line.contains(CANARY)).isEmpty();
  }

  @Test
  void notInARemarkOnTheLogin() throws Exception {
    ssh.remarksOnLogins("Your password " + CANARY + " has expired.\n");
    refusesChannels(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed");

    SshException failure = refusal(session(CANARY));

    assertNotRepeated(failure);
    assertThat(failure.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
    assertThat(failure)
        .hasMessageEndingWith(
            "prohibited: open failed, and at the login the server said: " + WITHHELD);
  }

  @ParameterizedTest(name = "reason {0}")
  @ValueSource(ints = {1, 2, 3, 4, 99})
  void notInTheRefusalOfAChannel(int reason) throws Exception {
    refusesChannels(reason, "no, " + CANARY);

    SshException failure = refusal(session(CANARY));

    assertNotRepeated(failure);
    assertThat(failure).hasMessageEndingWith(": " + WITHHELD);
  }

  @Test
  void notInTheWordsOfParting() throws Exception {
    SshSession session = session(CANARY);
    server().disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "bye, " + CANARY);

    SshException end = session.ended().get(20, TimeUnit.SECONDS);

    assertNotRepeated(end);
    assertThat(end).hasMessageEndingWith("server disconnected: " + WITHHELD);
    assertNotRepeated(refusal(session));
  }

  @Test
  void notInWordsForTheLogAlone() throws Exception {
    SshSession session = session(CANARY);
    server().sendDebugMessage(true, "it is " + CANARY, CANARY);
    server().disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "bye");

    SshException end = session.ended().get(20, TimeUnit.SECONDS);

    assertNotRepeated(end);
    assertThat(end).hasMessageEndingWith("server disconnected: bye");
  }

  /** Nor what is left of it where words are too long to be repeated as a whole. */
  @Test
  void notWhereTheWordsAreCut() throws Exception {
    refusesChannels(SshConstants.SSH_OPEN_CONNECT_FAILED, "x".repeat(1015) + CANARY + " after it");

    SshException failure = refusal(session(CANARY));

    assertNotRepeated(failure);
    assertThat(failure).hasMessageEndingWith(": " + WITHHELD);
  }

  /** That a word is left out would tell which one it is. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"x", "xyz"})
  void anAllTooShortPasswordIsNotToldByWhatIsLeftOut(String password) throws Exception {
    ssh.password(password);
    for (String words : List.of("open failed", "it is " + password)) {
      refusesChannels(SshConstants.SSH_OPEN_CONNECT_FAILED, words);
      assertThat(refusal(session(password))).hasMessageEndingWith(": connect failed: " + WITHHELD);
    }
  }

  @Test
  void otherWordsAreRepeatedInOneLineFitForALog() throws Exception {
    refusesChannels(SshConstants.SSH_OPEN_CONNECT_FAILED, " kanarienvogel\r\n\u001b[2J ü ");

    assertThat(refusal(session(CANARY)))
        .hasMessageEndingWith(": connect failed: kanarienvogel \\u001b[2J ü");
  }

  /** What was said is a verdict all the same. */
  @Test
  void wordsThatAreNotRepeatedAreUnderstood() throws Exception {
    ssh.password("too many auth");
    ssh.server.setPasswordAuthenticator(
        (user, password, session) -> {
          disconnect(session, "Too many authentication failures");
          return false;
        });
    SshException failure = ssh.failure(ssh.server(), "many auth");
    assertThat(failure.failure()).as(failure.getMessage()).isEqualTo(SshFailure.AUTH_FAILED);
  }

  private static void disconnect(Session session, String words) {
    try {
      session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
