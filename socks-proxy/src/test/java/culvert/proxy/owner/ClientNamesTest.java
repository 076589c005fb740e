package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.ForwardedBy;
import culvert.ssh.Asker;
import culvert.ssh.BindAddress;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who a client is, where names and new host keys are counted. */
class ClientNamesTest {
  private static final Optional<Long> UNKNOWN = Optional.empty();

  /**
   * @param uid of its socket; empty: cannot be found out
   */
  private record Someone(
      String address, Optional<Long> uid, Optional<String> socksUser, Optional<String> server) {
    static Someone local(String address, long uid) {
      return new Someone(address, Optional.of(uid), Optional.empty(), Optional.empty());
    }

    static Someone at(String address) {
      return new Someone(address, UNKNOWN, Optional.empty(), Optional.empty());
    }

    Someone as(String user) {
      return new Someone(address, uid, Optional.of(user), server);
    }

    Someone through(String sshServer) {
      return new Someone(address, uid, socksUser, Optional.of(sshServer));
    }

    private Asker asker(EmbeddedChannel socket) {
      DuplexChannel channel = channel(socket);
      Arrival arrival =
          new Arrival(
              channel,
              new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 40_000),
              new InetSocketAddress(NetUtil.LOCALHOST4, 1080),
              server.map(
                  host ->
                      new ForwardedBy(
                          mock(SshSession.class),
                          new SshServer(mock(SshProfile.class), host),
                          "u",
                          new BindAddress("127.0.0.1", 2121))));
      return ClientNames.asker(
          new AcceptedClient(arrival, mock(ConnectionRequest.class), socksUser), new Owners(uid));
    }

    private static DuplexChannel channel(EmbeddedChannel socket) {
      DuplexChannel channel = mock(DuplexChannel.class);
      when(channel.eventLoop()).thenReturn(socket.eventLoop());
      when(channel.attr(any()))
          .thenAnswer(call -> socket.attr((AttributeKey<?>) call.getArgument(0)));
      return channel;
    }

    Object place() {
      return asker(new EmbeddedChannel()).place();
    }

    Object identity() {
      EmbeddedChannel socket = new EmbeddedChannel();
      Object[] identity = new Object[1];
      asker(socket).identify(who -> identity[0] = who);
      socket.runPendingTasks();
      assertThat(identity[0]).as("of " + this).isNotNull();
      return identity[0];
    }
  }

  private record Owners(Optional<Long> uid) implements ClientOwners {
    @Override
    public Future<SocketOwner> socket(Arrival client) {
      SocketOwner owner =
          uid.<SocketOwner>map(known -> new SocketOwner.Known(known, 1))
              .orElseGet(SocketOwner.Unknown::new);
      return client.channel().eventLoop().newSucceededFuture(owner);
    }

    @Override
    public Future<Set<String>> users(Arrival client) {
      throw new AssertionError("nobody asks for names");
    }

    @Override
    public Future<Set<String>> applications(Arrival client) {
      throw new AssertionError("nobody asks for programs");
    }
  }

  private static Stream<Someone> fromEverywhere(Someone one) {
    return IntStream.range(1, 256)
        .mapToObj(i -> "127." + i + "." + (255 - i) + ".254")
        .map(address -> new Someone(address, one.uid(), one.socksUser(), one.server()));
  }

  @Test
  void aUserOfThisHostIsOneFromAnyOfItsAddresses() {
    Object user = Someone.local("127.0.0.1", 1000).identity();

    assertThat(fromEverywhere(Someone.local("127.0.0.1", 1000)).map(Someone::identity))
        .containsOnly(user);
    assertThat(Someone.local("::1", 1000).identity()).isEqualTo(user);
    assertThat(Someone.local("127.0.0.1", 1001).identity()).isNotEqualTo(user);
    assertThat(Someone.local("127.0.0.1", 0).identity()).isNotEqualTo(user);
  }

  @Test
  void aUserOfThisHostIsOneWhateverItsSocksUser() {
    Object user = Someone.local("127.0.0.1", 1000).identity();

    assertThat(Someone.local("127.0.0.1", 1000).as("batch").identity()).isEqualTo(user);
    assertThat(Someone.local("127.0.0.2", 1000).as("audit").identity()).isEqualTo(user);
  }

  @Test
  void whoIsUnknownOnThisHostIsOneWithAllOthersWhoAreAndNobodyWhoIsKnown() {
    Object unknown = Someone.at("127.0.0.1").identity();

    assertThat(fromEverywhere(Someone.at("127.0.0.1")).map(Someone::identity))
        .containsOnly(unknown);
    assertThat(Someone.at("::1").identity()).isEqualTo(unknown);
    assertThat(Someone.local("127.0.0.1", 0).identity()).isNotEqualTo(unknown);
    assertThat(Someone.at("127.0.0.1").as("batch").identity())
        .as("but by its SOCKS user")
        .isNotEqualTo(unknown)
        .isEqualTo(Someone.at("127.0.0.9").as("batch").identity());
    assertThat(Someone.at("127.0.0.1").as("unknown").identity()).isNotEqualTo(unknown);
    assertThat(Someone.at("127.0.0.1").as("1000").identity())
        .isNotEqualTo(Someone.local("127.0.0.1", 1000).identity());
  }

  @Test
  void thisHostIsOnePlaceUntilItsUsersAreAskedFor() {
    Object place = Someone.local("127.0.0.1", 1000).place();

    assertThat(fromEverywhere(Someone.local("127.0.0.1", 1001)).map(Someone::place))
        .containsOnly(place);
    assertThat(Someone.local("::1", 0).as("batch").place()).isEqualTo(place);
    assertThat(Someone.at("203.0.113.1").place()).isNotEqualTo(place);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"})
  void anIpv6NetworkIsOne(String address) {
    Someone one = Someone.at("2001:db8:1:2:3:4:5:6");

    assertThat(Someone.at(address).identity()).isEqualTo(one.identity());
    assertThat(Someone.at(address).place()).isEqualTo(one.place());
  }

  private static List<Someone> strangers() {
    return List.of(
        Someone.at("203.0.113.1"),
        Someone.at("203.0.113.2"),
        Someone.at("203.0.113.1").as("batch"),
        Someone.at("203.0.113.1").as("audit"),
        Someone.at("2001:db8:1:2::1"),
        Someone.at("2001:db8:1:3::1"),
        Someone.at("203.0.113.1").through("ssh.example"),
        Someone.at("203.0.113.1").through("gate.example"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strangers")
  void elsewhereNobodyHasToBeAskedWhoItIs(Someone client) {
    assertThat(client.identity()).isEqualTo(client.place());
  }

  @Test
  void elsewhereAddressesAndSocksUsersAreToldApart() {
    Set<Object> identities = new HashSet<>();
    strangers().forEach(client -> identities.add(client.identity()));

    assertThat(identities).hasSameSizeAs(strangers());
  }

  @Test
  void anSshServersClientsAreOne() {
    Object server = Someone.at("127.0.0.1").through("ssh.example").identity();

    assertThat(
            fromEverywhere(Someone.at("127.0.0.1").through("ssh.example")).map(Someone::identity))
        .containsOnly(server);
    assertThat(Someone.at("127.0.0.1").identity()).isNotEqualTo(server);
  }

  /** To find that out may take a look at the interfaces. */
  @Test
  void whereAClientComesFromIsFoundOutOnceForAllThatItAsks() {
    Arrival arrival = mock(Arrival.class);
    DuplexChannel channel = Someone.channel(new EmbeddedChannel());
    when(arrival.channel()).thenReturn(channel);
    when(arrival.peer()).thenReturn(new InetSocketAddress("203.0.113.1", 40_000));
    when(arrival.forwardedBy()).thenReturn(Optional.empty());
    Asker asker =
        ClientNames.asker(
            new AcceptedClient(arrival, mock(ConnectionRequest.class), Optional.empty()),
            new Owners(UNKNOWN));
    Set<Object> told = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      told.add(asker.place());
      asker.identify(told::add);
    }

    assertThat(told).hasSize(1);
    verify(arrival).peer();
  }
}
