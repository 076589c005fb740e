package culvert.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.MockAttributes;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.Stories;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.ftp.passive.DataClaims;
import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.BufferBudget;
import culvert.proxy.relay.HomeLoop;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.GuardedSsh;
import culvert.proxy.upstream.HeldPorts;
import culvert.proxy.upstream.NamedAddresses;
import culvert.proxy.upstream.OpeningTimes;
import culvert.proxy.upstream.OwnListeners;
import culvert.proxy.upstream.TunnelPins;
import culvert.proxy.upstream.Upstreams;
import culvert.ssh.AddressResolver;
import culvert.ssh.SshTransport;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the claim of a data connection. */
class RouterTest {
  private static final Policy POLICY =
      Policy.of(
          new ConfigLoader(Environment.ofProcess())
              .loadString("default-action: direct\n", "test.yaml")
              .orThrow());
  private static final ConnectionRequest REQUEST =
      new ConnectionRequest(
          "ftp.example",
          new DestinationAddress.NotResolved(),
          40_000,
          InetAddress.getLoopbackAddress(),
          "door");

  private final EventLoop loop = new DefaultEventLoop();
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final Client client = mock(Client.class);
  private final DataClaims table = mock(DataClaims.class);
  private final ClientOwners owners = mock(ClientOwners.class);
  private final FtpSessions sessions = mock(FtpSessions.class);
  private final ProxyEvents events = mock(ProxyEvents.class);
  private final List<EndReason> ends = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() {
    MockAttributes.giveTo(channel);
    when(channel.eventLoop()).thenReturn(loop);
    when(channel.isActive()).thenReturn(true);
    DefaultChannelPromise closed = new DefaultChannelPromise(channel, loop);
    when(channel.closeFuture()).thenReturn(closed);
    when(channel.close())
        .thenAnswer(
            call -> {
              closed.trySuccess();
              return closed;
            });
    when(client.channel()).thenReturn(channel);
    HomeLoop home = HomeLoop.of(channel);
    when(client.home()).thenReturn(home);
    when(client.address())
        .thenReturn(new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000));
    when(client.arrival())
        .thenReturn(
            new Arrival(
                channel,
                new InetSocketAddress(NetUtil.LOCALHOST4, 40_000),
                new InetSocketAddress(NetUtil.LOCALHOST4, 1080),
                Optional.empty()));
    when(client.request()).thenReturn(REQUEST);
    when(client.forwardedBy()).thenReturn(Optional.empty());
    when(client.user()).thenReturn(Optional.empty());
    doAnswer(end -> ends.add(end.getArgument(0))).when(events).connectionEnded(any());
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void oneThatFailsAtOnceEndsTheConnectionOnce() throws Exception {
    when(table.claim(any(), any(), any())).thenThrow(new IllegalStateException("for the test"));
    handle();

    isBrokenOffOnce();
  }

  @Test
  void oneThatFailsWhenTheOwnerIsKnownEndsTheConnectionOnce() throws Exception {
    Promise<SocketOwner> owner = loop.newPromise();
    when(owners.socket(any())).thenReturn(owner);
    when(table.claim(any(), any(), any()))
        .thenReturn(Claim.NEEDS_OWNER)
        .thenThrow(new IllegalStateException("for the test"));
    handle();
    owner.setSuccess(new SocketOwner.Unknown());

    isBrokenOffOnce();
  }

  @Test
  void aLookUpOfTheOwnerThatFailsEndsTheConnectionOnce() throws Exception {
    when(owners.socket(any())).thenThrow(new IllegalStateException("for the test"));
    when(table.claim(any(), any(), any())).thenReturn(Claim.NEEDS_OWNER);
    handle();

    isBrokenOffOnce();
  }

  @Test
  void whatIsLeftBehindIsRefusedUnlessASessionExpectsIt() throws Exception {
    when(client.isLeftBehind()).thenReturn(true);
    when(table.claim(any(), any(), any())).thenReturn(Claim.TAKEN);
    handle();
    verify(client, never()).refuse(any());

    when(table.claim(any(), any(), any())).thenReturn(Claim.NOT_EXPECTED);
    handle();
    verify(client).refuse(Refusal.NOT_ALLOWED);
    assertThat(ends).containsExactly(EndReason.REFUSED);
  }

  private void handle() throws Exception {
    Router router =
        new Router(
            () -> POLICY,
            mock(NamedAddresses.class),
            table,
            sessions,
            new Upstreams(
                mock(AddressResolver.class),
                mock(DirectConnector.class),
                new GuardedSsh(
                    mock(SshTransport.class), new OwnListeners(), mock(AddressResolver.class)),
                mock(TunnelPins.class),
                HeldPorts.NONE,
                owners,
                OpeningTimes.DEFAULT),
            new Relay(new BufferBudget(1 << 20)),
            new OpenConnections(Stories.loggedAndCounted(events)));
    loop.submit(() -> router.handle(client)).sync();
  }

  private void isBrokenOffOnce() throws Exception {
    loop.submit(() -> {}).sync();
    loop.submit(() -> {}).sync();
    assertThat(ends).containsExactly(EndReason.INTERNAL_ERROR);
    verify(client, never()).accept();
    verify(sessions, never()).start(any(), any(), any(), any());
  }
}
