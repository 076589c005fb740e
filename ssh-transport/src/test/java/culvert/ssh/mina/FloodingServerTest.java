package culvert.ssh.mina;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Servers that ask for more than they take. */
@Timeout(240)
class FloodingServerTest {
  /** With their answers more than all the kernel's buffers and ours take. */
  private static final int MANY = 500_000;

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private TransportFixture ssh;
  private SshSession session;
  private Session server;

  @BeforeEach
  void start() throws Exception {
    ssh = new TransportFixture();
    CoreModuleProperties.SOCKET_RCVBUF.set(ssh.server, 16 * 1024);
    session = ssh.session("alice");
    server = ssh.server.getActiveSessions().get(0);
  }

  @AfterEach
  void stop() throws IOException {
    root.detachAppender(logged);
    ssh.close();
  }

  @Test
  void oneThatReadsNoAnswersLosesItsSession() throws Exception {
    server.getIoSession().suspendRead();
    askWhileItLasts();

    SshException end = session.ended().get(60, TimeUnit.SECONDS);
    assertThat(end.failure()).isEqualTo(SshFailure.SESSION_ENDED);
    assertThat(end).hasMessageContaining("asks for answers and reads none");
  }

  private void askWhileItLasts() throws Exception {
    try {
      for (int i = 0; i < MANY && !session.ended().isDone(); i++) {
        IoWriteFuture written = openUnknown(i);
        if (i % 1000 == 0) {
          awaitWritten(written);
        }
      }
    } catch (IOException closed) {
      // The session says why.
    }
  }

  /**
   * A kernel whose window stays shut may take no acknowledgments either, and then sends no more: so
   * that little has to be read.
   */
  private void awaitWritten(IoWriteFuture written) throws IOException {
    for (int second = 0; second < 60; second++) {
      if (written.await(1, TimeUnit.SECONDS) || session.ended().isDone()) {
        return;
      }
      server.getIoSession().resumeRead();
      server.getIoSession().suspendRead();
    }
  }

  private IoWriteFuture openUnknown(int channel) throws IOException {
    Buffer open = server.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN);
    open.putString("unknown");
    open.putUInt(channel);
    open.putUInt(1 << 20);
    open.putUInt(1 << 15);
    return server.writePacket(open);
  }

  @Test
  void oneThatReadsItsAnswersMayAskAsOftenAsItLikes() throws Exception {
    for (int i = 0; i < 50_000; i++) {
      openUnknown(i);
      if (i % 1000 == 999) {
        // Behind the others' answers, which it has read by then: few wait, however slow it is.
        assertThat(ask("keepalive@example.org", true)).isNull();
      }
    }

    assertThat(session.ended().isDone()).isFalse();
  }

  @Test
  void requestsThatNobodyKnowsAreAnsweredAndNotWarnedOf() throws Exception {
    logged.start();
    root.addAppender(logged);
    ask("x".repeat(30_000), false);
    ask("x".repeat(30_000), true);

    assertThat(logged.list)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
        .isEmpty();
  }

  /** Null is a refusal; fails where there is no answer at all. */
  private Buffer ask(String name, boolean wantReply) throws IOException {
    Buffer request = server.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
    request.putString(name);
    request.putBoolean(wantReply);
    return server.request(name, request, 60, TimeUnit.SECONDS);
  }

  private static final class UnknownExchange implements KeyExchangeFactory {
    @Override
    public String getName() {
      return "x".repeat(30_000);
    }

    @Override
    public KeyExchange createKeyExchange(Session session) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void theAlgorithmsOfOneThatHasNoneForUsAreCut() {
    ssh.server.setKeyExchangeFactories(List.of(new UnknownExchange()));

    assertThat(ssh.failure(ssh.server(), "another").getMessage())
        .contains("xxx")
        .hasSizeLessThan(3000);
  }

  @Test
  void whatItSaysWithItsGoodbyeIsCut() throws Exception {
    Buffer goodbye = server.createBuffer(SshConstants.SSH_MSG_DISCONNECT);
    goodbye.putUInt(SshConstants.SSH2_DISCONNECT_BY_APPLICATION);
    goodbye.putString("x".repeat(30_000));
    goodbye.putString("");
    server.writePacket(goodbye);

    assertThat(session.ended().get(60, TimeUnit.SECONDS).getMessage())
        .contains("server disconnected: xxx")
        .hasSizeLessThan(1000);
  }
}
