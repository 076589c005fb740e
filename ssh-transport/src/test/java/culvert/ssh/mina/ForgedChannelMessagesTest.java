package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.ssh.BindAddress;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Messages about channels that a server must not send (RFC 4254 section 5). */
@Timeout(60)
class ForgedChannelMessagesTest {
  private static final long HUGE = 0xffffffffL;
  private static final int STRANGER = 7;

  private final AtomicInteger initialized = new AtomicInteger();
  private final CompletableFuture<Integer> disconnect = new CompletableFuture<>();
  private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private TransportFixture ssh;
  private ServerSocket target;
  private SshSession session;

  @BeforeEach
  void start() throws Exception {
    warnings.start();
    root.addAppender(warnings);
    target = new ServerSocket(0, 50, LOOPBACK);
    ssh = new TransportFixture();
    ssh.server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionDisconnect(
              Session from, int reason, String message, String language, boolean initiator) {
            disconnect.complete(reason);
          }

          @Override
          public void sessionClosed(Session from) {
            disconnect.complete(0);
          }
        });
    session = ssh.session("alice");
  }

  @AfterEach
  void stop() throws Exception {
    ssh.close();
    target.close();
    root.detachAppender(warnings);
  }

  private record Message(byte command, long recipient, List<Object> fields) {
    void send(Session session) throws Exception {
      Buffer buffer = session.createBuffer(command);
      buffer.putUInt(recipient);
      for (Object field : fields) {
        if (field instanceof String text) {
          buffer.putString(text);
        } else if (field instanceof Boolean flag) {
          buffer.putBoolean(flag);
        } else {
          buffer.putUInt(((Number) field).longValue());
        }
      }
      session.writePacket(buffer);
    }
  }

  private static Message confirmation(long recipient, long window, long packetSize) {
    return new Message(
        SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION, recipient, List.of(0, window, packetSize));
  }

  private static Message refusal(long recipient) {
    return new Message(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, recipient, List.of(2, "no", ""));
  }

  private static Message data(long recipient) {
    return new Message(SshConstants.SSH_MSG_CHANNEL_DATA, recipient, List.of("data"));
  }

  private static Message adjust(long recipient, long bytes) {
    return new Message(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, recipient, List.of(bytes));
  }

  private static Message bare(byte command, long recipient) {
    return new Message(command, recipient, List.of());
  }

  private Future<DuplexChannel> open() {
    return session.openDirectTcpip(
        new TunnelTarget("127.0.0.1", target.getLocalPort()),
        new Originator("127.0.0.1", 1),
        ssh.loop,
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            initialized.incrementAndGet();
            channel.pipeline().addLast(new Deaf());
          }
        });
  }

  /** A channel's user, who need not log that it was broken off. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The session says why.
    }
  }

  private void forge(Message message) throws Exception {
    message.send(ssh.server.getActiveSessions().get(0));
  }

  private void assertProtocolError(String reason) throws Exception {
    SshException end = session.ended().get(20, TimeUnit.SECONDS);
    assertThat(end.failure()).isEqualTo(SshFailure.SESSION_ENDED);
    assertThat(end).hasMessageContaining(": session ended: ").hasMessageContaining(reason);
    assertThat(disconnect.get(20, TimeUnit.SECONDS))
        .isEqualTo(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR);
    assertThat(warnings.list)
        .as("what is said beside whoever has asked for the session")
        .extracting(ILoggingEvent::getLevel)
        .noneMatch(level -> level.isGreaterOrEqual(Level.WARN));
  }

  static Stream<Arguments> ofAnOpenChannel() {
    return Stream.of(
        arguments("confirmation", confirmation(0, 1 << 20, 1 << 15)),
        arguments("failure", refusal(0)),
        arguments("window beyond 2^32", adjust(0, HUGE)),
        arguments(
            "extended data",
            new Message(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, 0, List.of(1, "x"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofAnOpenChannel")
  void whatAnOpenChannelIsNotToldEndsTheSession(String name, Message message) throws Exception {
    DuplexChannel channel = open().get(20, TimeUnit.SECONDS);

    forge(message);

    assertProtocolError("");
    assertThat(channel.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(initialized).hasValue(1);
  }

  static Stream<Arguments> ofAStranger() {
    return Stream.of(
            confirmation(STRANGER, 1 << 20, 1 << 15),
            refusal(STRANGER),
            data(STRANGER),
            new Message(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, STRANGER, List.of(1, "x")),
            adjust(STRANGER, 1),
            bare(SshConstants.SSH_MSG_CHANNEL_EOF, STRANGER),
            bare(SshConstants.SSH_MSG_CHANNEL_CLOSE, HUGE),
            new Message(
                SshConstants.SSH_MSG_CHANNEL_REQUEST, STRANGER, List.of("exit-status", false, 0)),
            bare(SshConstants.SSH_MSG_CHANNEL_SUCCESS, STRANGER),
            bare(SshConstants.SSH_MSG_CHANNEL_FAILURE, STRANGER))
        .map(message -> arguments(SshConstants.getCommandMessageName(message.command()), message));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofAStranger")
  void aMessageForAChannelThatNeverWasEndsTheSession(String name, Message message)
      throws Exception {
    open().get(20, TimeUnit.SECONDS);

    forge(message);

    assertProtocolError(name + " for channel " + message.recipient() + ", which ");
  }

  static Stream<Arguments> beforeTheAnswer() {
    return Stream.of(data(0), adjust(0, 1), bare(SshConstants.SSH_MSG_CHANNEL_CLOSE, 0))
        .map(message -> arguments(SshConstants.getCommandMessageName(message.command()), message));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("beforeTheAnswer")
  void aMessageForAChannelThatIsNotOpenYetEndsTheSession(String name, Message message)
      throws Exception {
    Future<DuplexChannel> opening = openUnanswered();

    forge(message);

    assertProtocolError(name + " for channel 0, which ");
    assertThat(opening.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(opening.isSuccess()).isFalse();
    assertThat(initialized).hasValue(0);
  }

  @Test
  void packetsWithoutRoomForDataEndTheSession() throws Exception {
    Future<DuplexChannel> opening = openUnanswered();

    forge(confirmation(0, 1 << 20, 0));

    assertProtocolError("packets of 0 bytes");
    assertThat(opening.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(opening.isSuccess()).isFalse();
  }

  @Test
  void theLargestWindowAndPacketsOfAnySizeAreTaken() throws Exception {
    Future<DuplexChannel> opening = openUnanswered();

    forge(confirmation(0, HUGE, HUGE));

    assertThat(opening.get(20, TimeUnit.SECONDS).isActive()).isTrue();
    assertThat(initialized).hasValue(1);
  }

  /** What a channel that we have given up on may still be told. */
  @Test
  void messagesForAChannelThatIsNoMoreAreNoProtocolError() throws Exception {
    open().get(20, TimeUnit.SECONDS).close().sync();
    DuplexChannel next = open().get(20, TimeUnit.SECONDS);

    forge(data(0));
    forge(bare(SshConstants.SSH_MSG_CHANNEL_CLOSE, 0));

    assertThat(open().get(20, TimeUnit.SECONDS).isActive()).isTrue();
    assertThat(next.isActive()).isTrue();

    forge(confirmation(0, 1 << 20, 1 << 15));
    assertProtocolError("SSH_MSG_CHANNEL_OPEN_CONFIRMATION for channel 0, which ");
  }

  @Test
  void aConfirmationOfAChannelThatTheServerItselfOpenedEndsTheSession() throws Exception {
    ForgingServer.answer(ssh.server, service -> Result.ReplySuccess);
    AtomicInteger accepted = new AtomicInteger();
    session
        .requestRemoteForward(
            new BindAddress("localhost", 4711),
            ssh.loop,
            originator -> {
              accepted.incrementAndGet();
              return Optional.of(new Deaf());
            })
        .get(20, TimeUnit.SECONDS);
    assertThat(ForgingServer.open(ssh.server, "localhost", 4711).get(20, TimeUnit.SECONDS))
        .isTrue();

    forge(confirmation(0, 1 << 20, 1 << 15));

    assertProtocolError("SSH_MSG_CHANNEL_OPEN_CONFIRMATION for channel 0, which ");
    assertThat(accepted).hasValue(1);
  }

  /** Asks for a channel that the server leaves without an answer. */
  private Future<DuplexChannel> openUnanswered() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    ssh.server.setChannelFactories(
        List.of(
            new TcpipServerChannel.TcpipFactory(TcpForwardingFilter.Type.Direct) {
              @Override
              public org.apache.sshd.common.channel.Channel createChannel(Session in) {
                return new TcpipServerChannel(TcpForwardingFilter.Type.Direct, null) {
                  @Override
                  protected OpenFuture doInit(Buffer buffer) {
                    asked.complete(null);
                    return new DefaultOpenFuture(this, this);
                  }
                };
              }
            }));
    Future<DuplexChannel> opening = open();
    asked.get(20, TimeUnit.SECONDS);
    return opening;
  }
}
