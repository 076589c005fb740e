package culvert.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.isA;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.DestinationNames;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.MockAttributes;
import culvert.proxy.ftp.DestinationRules;
import culvert.proxy.ftp.RoutedRequest;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.relay.HomeLoop;
import culvert.proxy.upstream.NamedAddresses;
import culvert.ssh.NotLookedUpException;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

class PolicyRulesTest {
  private static final String CONFIG =
      """
      listeners: [{ name: socks, socks: '127.0.0.1:0' }, { redirect: '127.0.0.1:0' }]
      rules:
        - { name: bank, match: { host: ftp.bank.example }, action: block }
        - { name: local, match: { network: 127.0.0.0/8 }, action: block }
        - { name: jobs, match: { port: 2121, os-user: batch }, action: block }
        - { name: rest, match: { }, action: direct }
      """;

  private final DestinationRules.Answer answer = mock(DestinationRules.Answer.class);
  private final ConnectionRequest request =
      new ConnectionRequest(
          "ftp.example", new DestinationAddress.NotResolved(), 21, NetUtil.LOCALHOST4, "socks");

  private final NamedAddresses names = mock(NamedAddresses.class);
  private boolean captured;
  private InetAddress peer = NetUtil.LOCALHOST4;

  private PolicyRules rules(List<InetAddress> resolved) {
    return new PolicyRules(
        Policy.of(
            new ConfigLoader(Environment.ofProcess()).loadString(CONFIG, "test.yaml").orThrow()),
        (host, executor) -> executor.newSucceededFuture(resolved),
        names,
        ClientOwners.NONE,
        client());
  }

  private Client client() {
    DuplexChannel channel = mock(DuplexChannel.class);
    MockAttributes.giveTo(channel);
    when(channel.eventLoop()).thenReturn(new EmbeddedChannel().eventLoop());
    HomeLoop home = HomeLoop.of(channel);
    InetSocketAddress here = new InetSocketAddress(peer, 1080);
    Client client = mock(Client.class);
    when(client.arrival()).thenReturn(new Arrival(channel, here, here, Optional.empty()));
    when(client.home()).thenReturn(home);
    when(client.isCaptured()).thenReturn(captured);
    return client;
  }

  private String rule() {
    ArgumentCaptor<RoutedRequest> routed = ArgumentCaptor.forClass(RoutedRequest.class);
    verify(answer).decided(routed.capture());
    return routed.getValue().decided().ruleName();
  }

  @Test
  void aRuleThatNeedsAnAddressGetsIt() throws Exception {
    rules(List.of(InetAddress.getByName("192.0.2.1"))).decide(request, answer);

    assertThat(rule()).isEqualTo("rest");
  }

  private static ConnectionRequest ofCaptured() {
    return new ConnectionRequest(
            "127.0.0.1",
            new DestinationAddress.Known(NetUtil.LOCALHOST4),
            21,
            NetUtil.LOCALHOST4,
            "redirect")
        .withNames(new DestinationNames.NotLookedUp());
  }

  @Test
  void anAddressIsMatchedByTheNameThatStandsForIt() {
    when(names.standingFor(eq(NetUtil.LOCALHOST4), any()))
        .thenReturn(ImmediateEventExecutor.INSTANCE.newSucceededFuture(Set.of("ftp.bank.example")));
    rules(List.of()).decide(ofCaptured(), answer);

    assertThat(rule()).isEqualTo("bank");
  }

  @Test
  void nothingIsDecidedBeforeItIsKnownWhichNamesDo() {
    NotLookedUpException late = new NotLookedUpException("for the test");
    when(names.standingFor(any(), any()))
        .thenReturn(ImmediateEventExecutor.INSTANCE.newFailedFuture(late));
    rules(List.of()).decide(ofCaptured(), answer);

    verify(answer).undecided(late);
    verify(answer, never()).decided(any());
  }

  @Test
  void aCapturedClientWhoseSocketIsNotFoundIsNotTakenForSomebodyElse() {
    captured = true;
    askForJobs();

    verify(answer).undecided(isA(SocketException.class));
    verify(answer, never()).decided(any());
  }

  @Test
  void othersMayHaveNoSocketHere() throws Exception {
    askForJobs();
    assertThat(rule()).isEqualTo("rest");

    reset(answer);
    captured = true;
    peer = InetAddress.getByName("192.0.2.9");
    askForJobs();
    assertThat(rule()).isEqualTo("rest");
  }

  private void askForJobs() {
    rules(List.of(NetUtil.LOCALHOST4))
        .decide(
            new ConnectionRequest(
                "192.0.2.21",
                new DestinationAddress.Known(
                    NetUtil.createInetAddressFromIpAddressString("192.0.2.21")),
                2121,
                peer,
                "redirect"),
            answer);
  }

  @Test
  void whatGoesWrongWhileTheRulesAreAskedIsHeardOf() {
    rules(List.of()).decide(request, answer); // as no resolver answers

    verify(answer).defect(isA(IndexOutOfBoundsException.class));
    verify(answer, never()).decided(any());
    verify(answer, never()).undecided(any());
  }
}
