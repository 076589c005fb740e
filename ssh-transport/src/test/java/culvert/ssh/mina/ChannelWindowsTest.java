package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.Originator;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Receive windows of channels whose CLOSE the server does not answer. */
@Timeout(60)
class ChannelWindowsTest {
  private static final int WINDOW = 512 << 10; // what one begins with
  private static final int FIT = 8; // into half of the fixture's budget
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final HeldCloses closes = new HeldCloses();
  private TransportFixture ssh;
  private ServerSocket target;
  private SshSession session;

  @BeforeEach
  void start() throws Exception {
    target = new ServerSocket(0, 50, LOOPBACK);
    ssh = new TransportFixture();
    ssh.server.setChannelFactories(List.of(closes));
    session = ssh.session("alice");
  }

  @AfterEach
  void stop() throws Exception {
    ssh.close();
    target.close();
  }

  private DuplexChannel open() throws Exception {
    return session
        .openDirectTcpip(
            new TunnelTarget("127.0.0.1", target.getLocalPort()),
            new Originator("127.0.0.1", 1),
            ssh.loop,
            new ChannelInboundHandlerAdapter())
        .get(20, TimeUnit.SECONDS);
  }

  /** What the server may send in the channel that was opened next. */
  private long nextWindow() throws InterruptedException {
    Channel channel = closes.channels.poll(20, TimeUnit.SECONDS);
    assertThat(channel).isNotNull();
    return channel.getRemoteWindow().getSize();
  }

  private Runnable heldClose() throws InterruptedException {
    Runnable close = closes.held.poll(20, TimeUnit.SECONDS);
    assertThat(close).as("our CLOSE").isNotNull();
    return close;
  }

  @Test
  void aClosedChannelLeavesItsWindowToOthersWithoutTheServersClose() throws Exception {
    for (int i = 0; i < FIT; i++) {
      DuplexChannel channel = open();
      assertThat(nextWindow()).isEqualTo(WINDOW);
      channel.close().get(20, TimeUnit.SECONDS);
    }

    open();
    assertThat(nextWindow()).isEqualTo(WINDOW);
  }

  @Test
  void whatIsOpenKeepsItsWindow() throws Exception {
    for (int i = 0; i < FIT; i++) {
      open();
      assertThat(nextWindow()).isEqualTo(WINDOW);
    }

    DuplexChannel small = open();
    assertThat(nextWindow()).isLessThan(WINDOW);
    small.close().get(20, TimeUnit.SECONDS);
    open();
    assertThat(nextWindow()).isLessThan(WINDOW);
  }

  @Test
  void whoWaitsForChannelsWaitsForTheServersClose() throws Exception {
    DuplexChannel channel = open();
    channel.close().get(20, TimeUnit.SECONDS);
    Runnable close = heldClose();
    CompletableFuture<Void> drained =
        CompletableFuture.runAsync(
            () -> {
              try {
                ssh.transport.awaitChannelsClosed(DEADLINE);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    open().close().get(20, TimeUnit.SECONDS);
    heldClose().run();
    assertThat(drained).isNotDone();

    close.run();
    drained.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatComesAfterOurCloseIsCountedAgainstTheWindow() throws Exception {
    DuplexChannel channel = open();
    long recipient = closes.channels.take().getRecipient();
    channel.close().get(20, TimeUnit.SECONDS);
    heldClose();
    Session server = ssh.server.getActiveSessions().get(0);
    byte[] packet = new byte[32 * 1024];
    for (int sent = 0; sent < WINDOW; sent += packet.length) {
      sendData(server, recipient, packet);
    }
    open().close().get(20, TimeUnit.SECONDS);
    assertThat(session.ended().isDone()).isFalse();

    sendData(server, recipient, packet);
    assertThat(session.ended().get(20, TimeUnit.SECONDS)).isNotNull();
  }

  private static void sendData(Session server, long recipient, byte[] bytes) throws Exception {
    Buffer buffer = server.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA);
    buffer.putUInt(recipient);
    buffer.putBytes(bytes);
    server.writePacket(buffer);
  }
}
