package culvert.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.Route;
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
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.relay.BufferBudget;
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
import culvert.ssh.SshSession;
import culvert.ssh.SshTransport;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;

/** {@code action: tunnel} to an SSH server that lets us in and then does not answer. */
class TunnelOpeningTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Endpoint TARGET = new Endpoint("target.example", 5432);
  private static final Policy POLICY = policy("5s", "5s");
  private static final Policy PATIENT = policy("5m", "3m");
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final ConnectionRequest REQUEST =
      new ConnectionRequest(
          "db.example",
          new DestinationAddress.NotResolved(),
          5432,
          InetAddress.getLoopbackAddress(),
          "door");

  private final EmbeddedChannel time = new EmbeddedChannel();
  private final EventLoop loop = time.eventLoop();
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final DefaultChannelPromise closed = new DefaultChannelPromise(channel, loop);
  private final Client client = mock(Client.class, Answers.CALLS_REAL_METHODS);
  private final SshTransport ssh = mock(SshTransport.class);
  private final SshSession session = mock(SshSession.class);
  private final DirectConnector direct = mock(DirectConnector.class);
  private final ProxyEvents events = mock(ProxyEvents.class);
  private final List<EndReason> ends = new CopyOnWriteArrayList<>();
  private final OwnListeners ownListeners = new OwnListeners();
  private AddressResolver resolver =
      (host, executor) -> executor.newSucceededFuture(List.of(InetAddress.getLoopbackAddress()));

  @BeforeEach
  void start() {
    time.freezeTime();
    MockAttributes.giveTo(channel);
    when(channel.eventLoop()).thenReturn(loop);
    when(channel.isActive()).thenAnswer(call -> !closed.isDone());
    when(channel.closeFuture()).thenReturn(closed);
    when(client.arrival())
        .thenReturn(
            new Arrival(
                channel,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1080),
                Optional.empty()));
    when(client.request()).thenReturn(REQUEST);
    when(client.user()).thenReturn(Optional.empty());
    when(ssh.onBehalfOf(any())).thenReturn(ssh);
    when(ssh.heldUp(any())).thenReturn(Duration.ZERO);
    when(ssh.connect(any(), any())).thenReturn(loop.newSucceededFuture(session));
    when(session.serverAddress()).thenReturn(Optional.empty());
    doAnswer(end -> ends.add(end.getArgument(0))).when(events).connectionEnded(any());
  }

  private void pass(Duration by) {
    time.advanceTimeBy(by.toNanos(), TimeUnit.NANOSECONDS);
    time.runScheduledPendingTasks();
    time.runPendingTasks();
  }

  @Test
  void aChannelThatHangsHasTheDeadlineOfEveryOpening() {
    Promise<DuplexChannel> hanging = loop.newPromise();
    when(session.openDirectTcpip(any(), any(), any(), any())).thenReturn(hanging);
    go(Fallback.NONE, new OpeningTimes(LONG, SHORT));
    pass(SHORT.minus(MOMENT));
    verify(client, never()).refuse(any());
    pass(MOMENT);

    verify(client).refuse(Refusal.CONNECTION_REFUSED);
    assertThat(ends).containsExactly(EndReason.UPSTREAM_FAILED);
    isGivenBack(hanging);
  }

  @Test
  void whereItMayFallBackSomeOfThatIsLeftForPlaintext() {
    Promise<DuplexChannel> hanging = loop.newPromise();
    Promise<DuplexChannel> plain = loop.newPromise();
    when(session.openDirectTcpip(any(), any(), any(), any())).thenReturn(hanging);
    when(direct.connect(any(), anyInt(), any(), any())).thenReturn(plain);
    go(Fallback.PLAIN, new OpeningTimes(SHORT, LONG));
    pass(SHORT.minus(MOMENT));
    verify(direct, never()).connect(any(), anyInt(), any(), any());
    pass(MOMENT);

    verify(direct).connect(any(), anyInt(), any(), any());
    verify(client, never()).refuse(any());
    isGivenBack(hanging);
  }

  @Test
  void aNameThatIsLookedUpHereTakesNoneOfTheTargetsTime() {
    ownListeners.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), TARGET.port()));
    when(session.serverAddress()).thenReturn(Optional.of(InetAddress.getLoopbackAddress()));
    AddressResolver others = resolver;
    resolver =
        (host, executor) ->
            host.equals(TARGET.host()) ? executor.newPromise() : others.resolve(host, executor);
    go(Fallback.PLAIN, new OpeningTimes(MOMENT, SHORT));
    pass(SHORT.minus(MOMENT));
    verify(client, never()).refuse(any());
    pass(SHORT); // looked at again from time to time
    pass(SHORT);

    verify(client).refuse(any());
    verify(direct, never()).connect(any(), anyInt(), any(), any());
    verify(session, never()).openDirectTcpip(any(), any(), any(), any());
  }

  @Test
  void whatTheProfileGivesItsServersIsNotCutShort() {
    Promise<SshSession> slow = loop.newPromise();
    when(ssh.connect(any(), any())).thenReturn(slow);
    when(session.openDirectTcpip(any(), any(), any(), any())).thenReturn(loop.newPromise());
    go(PATIENT, Fallback.PLAIN, new OpeningTimes(MOMENT, SHORT));
    pass(PATIENCE.minus(MOMENT));
    verify(session, never()).openDirectTcpip(any(), any(), any(), any());
    slow.setSuccess(session);

    verify(session).openDirectTcpip(any(), any(), any(), any());
    verify(client, never()).refuse(any());
    verify(direct, never()).connect(any(), anyInt(), any(), any());
  }

  @Test
  void whenThatIsOverThereIsStillTimeForPlaintext() {
    when(ssh.connect(any(), any())).thenReturn(loop.newPromise());
    when(ssh.unfinished(any())).thenReturn(Optional.empty());
    when(direct.connect(any(), anyInt(), any(), any())).thenReturn(loop.newPromise());
    go(PATIENT, Fallback.PLAIN, new OpeningTimes(MOMENT, SHORT));
    pass(PATIENCE);

    verify(direct).connect(any(), anyInt(), any(), any());
    pass(SHORT.minus(MOMENT));
    verify(client, never()).refuse(any());
    pass(MOMENT);
    verify(client).refuse(any());
  }

  @Test
  void whoGoesMeanwhileIsWaitedForNoMore() {
    Promise<DuplexChannel> hanging = loop.newPromise();
    when(session.openDirectTcpip(any(), any(), any(), any())).thenReturn(hanging);
    go(Fallback.NONE, new OpeningTimes(LONG, LONG));
    verify(session).openDirectTcpip(any(), any(), any(), any());
    closed.setSuccess();
    time.runPendingTasks();

    isGivenBack(hanging);
    verify(client, never()).accept();
  }

  /** What comes too late is. */
  private void isGivenBack(Promise<DuplexChannel> hanging) {
    DuplexChannel late = mock(DuplexChannel.class);
    MockAttributes.giveTo(late);
    when(late.eventLoop()).thenReturn(loop);
    hanging.setSuccess(late);
    time.runPendingTasks();
    verify(late).close();
    verify(session).release();
  }

  private static Policy policy(String connect, String login) {
    return Policy.of(
        new ConfigLoader(Environment.ofProcess())
            .loadString(
                ("profiles: { gate: { host: gate.example, user: gate, connect-timeout: %s,"
                        + " login-timeout: %s } }\n")
                    .formatted(connect, login),
                "test.yaml")
            .orThrow());
  }

  private void go(Fallback fallback, OpeningTimes times) {
    go(POLICY, fallback, times);
  }

  private void go(Policy policy, Fallback fallback, OpeningTimes times) {
    Router router =
        new Router(
            () -> policy,
            mock(NamedAddresses.class),
            mock(DataClaims.class),
            mock(FtpSessions.class),
            new Upstreams(
                resolver,
                direct,
                new GuardedSsh(ssh, ownListeners, resolver),
                TunnelPins.NONE,
                HeldPorts.NONE,
                ClientOwners.NONE,
                times),
            new Relay(new BufferBudget(1 << 20)),
            new OpenConnections(Stories.loggedAndCounted(events)));
    router.fixed(now -> new Route.Tunnel("gate", Optional.of(TARGET), fallback)).handle(client);
    time.runPendingTasks();
  }
}
