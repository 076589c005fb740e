package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.config.AuthMethod;
import culvert.config.SshUser;
import culvert.proxy.TestProfiles;
import culvert.proxy.door.Refusal;
import culvert.ssh.Originator;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where data go for an address that the server has announced. */
class UpstreamTest {
  private static final Originator ORIGINATOR = new Originator("127.0.0.1", 4000);
  private static final ChannelHandler NOTHING = new ChannelInboundHandlerAdapter();

  private final EventLoop loop = new DefaultEventLoop();
  private final DirectConnector connector = mock(DirectConnector.class);
  private final HeldPorts table = mock(HeldPorts.class);

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private Future<DuplexChannel> plain(String control, String announced) throws Exception {
    return new Upstream.Plain(connector, InetAddress.getByName(control), table, Optional.empty())
        .connect(Optional.of(InetAddress.getByName(announced)), 2000, ORIGINATOR, loop, NOTHING);
  }

  @ParameterizedTest(name = "control {0}, announced {1}: {2}")
  @CsvSource({
    "192.0.2.1, 192.0.2.9, 192.0.2.9",
    "192.0.2.1, 127.0.0.1, 192.0.2.1",
    "192.0.2.1, 127.8.0.1, 192.0.2.1",
    "192.0.2.1, 0.0.0.0, 192.0.2.1",
    "192.0.2.1, 224.0.0.1, 192.0.2.1",
    "192.0.2.1, 255.255.255.255, 192.0.2.1",
    "127.0.0.1, 127.0.0.9, 127.0.0.9",
    "127.0.0.1, 0.0.0.0, 127.0.0.1"
  })
  void inPlaintextDataGoToAnAddressOfAnotherHostOnly(String control, String announced, String to)
      throws Exception {
    plain(control, announced);

    verify(connector).connect(List.of(InetAddress.getByName(to)), 2000, loop, NOTHING);
  }

  @Test
  void inPlaintextAPortThatATunnelledSessionHoldsIsRefused() throws Exception {
    when(table.isHeld(InetAddress.getByName("192.0.2.9"), 2000)).thenReturn(true);

    Future<DuplexChannel> refused = plain("192.0.2.1", "192.0.2.9");

    assertThatThrownBy(() -> refused.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("192.0.2.9:2000: held by a tunnelled FTP session");
    assertThat(((ConnectFailedException) refused.cause()).refusal()).isEqualTo(Refusal.NOT_ALLOWED);
  }

  /** The server itself may use a port again whose session is not known here to have ended. */
  @Test
  void inPlaintextTheControlHostsOwnPortIsTheServersAffair() throws Exception {
    when(table.isHeld(any(), eq(2000))).thenReturn(true);

    plain("192.0.2.1", "192.0.2.1");

    verify(connector).connect(List.of(InetAddress.getByName("192.0.2.1")), 2000, loop, NOTHING);
  }

  @ParameterizedTest(name = "announced {0}: {1}")
  @CsvSource({
    "192.0.2.9, 192.0.2.9",
    "127.0.0.1, 127.0.0.1",
    "0.0.0.0, ftp.example",
    "239.1.2.3, ftp.example",
    "255.255.255.255, ftp.example"
  })
  void inATunnelTheAddressIsMeantAsTheSshServerSeesIt(String announced, String to)
      throws Exception {
    SshSession session = mock(SshSession.class);
    SshServer server =
        new SshServer(TestProfiles.profile(new SshUser.Fixed("u"), AuthMethod.PUBLICKEY), "gate");

    new Upstream.Tunnelled(session, "ftp.example", server, "u")
        .connect(Optional.of(InetAddress.getByName(announced)), 2000, ORIGINATOR, loop, NOTHING);

    verify(session).openDirectTcpip(new TunnelTarget(to, 2000), ORIGINATOR, loop, NOTHING);
  }
}
