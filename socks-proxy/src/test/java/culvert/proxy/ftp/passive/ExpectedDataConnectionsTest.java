package culvert.proxy.ftp.passive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.config.AuthMethod;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.TestProfiles;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.HeldPorts;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectedDataConnectionsTest {
  private static final String HOST = "ftp.example";
  private static final Future<SocketOwner> NOBODY =
      GlobalEventExecutor.INSTANCE.newSucceededFuture(new SocketOwner.Unknown());
  private long now = 5;
  private final ExpectedDataConnections table =
      new ExpectedDataConnections(port -> port == 8021, () -> now);
  private final List<Integer> taken = new ArrayList<>();
  private int opened;
  private int requests;

  private InetAddress here;
  private InetAddress elsewhere;
  private Announcements tunnelled;
  private Announcements plain;

  @BeforeEach
  void open() throws Exception {
    here = InetAddress.getByName("10.1.1.1");
    elsewhere = InetAddress.getByName("10.1.1.2");
    tunnelled = open(here, NOBODY, tunnel("gate"));
    tunnelled.knownAs(HOST);
    tunnelled.knownAs(InetAddress.getByName("192.0.2.1"));
    plain = open(here, NOBODY, plainTo("192.0.2.1"));
    plain.knownAs("plain.example");
  }

  private Announcements open(InetAddress client, Future<SocketOwner> owner, Upstream upstream) {
    return open("door", client, owner, upstream);
  }

  private Announcements open(
      String listener, InetAddress client, Future<SocketOwner> owner, Upstream upstream) {
    return open(listener, client, owner, upstream, 2121, port -> port);
  }

  /**
   * @param taken what {@link #taken} gets for a port that was not announced
   */
  private Announcements open(
      String listener,
      InetAddress client,
      Future<SocketOwner> owner,
      Upstream upstream,
      int control,
      IntUnaryOperator taken) {
    return open(
        new SessionClient(listener, client, Optional.empty(), owner, false),
        upstream,
        control,
        taken);
  }

  private Announcements open(
      SessionClient client, Upstream upstream, int control, IntUnaryOperator taken) {
    return table.open(
        client,
        upstream,
        Set.of(control),
        port -> (c, recorder) -> this.taken.add(taken.applyAsInt(port)));
  }

  private static Upstream tunnel(String gate) {
    SshServer server =
        new SshServer(TestProfiles.profile(new SshUser.Fixed("u"), AuthMethod.PUBLICKEY), gate);
    return new Upstream.Tunnelled(mock(SshSession.class), HOST, server, "u");
  }

  private static Upstream plainTo(String address) {
    return new Upstream.Plain(
        mock(DirectConnector.class),
        NetUtil.createInetAddressFromIpAddressString(address),
        HeldPorts.NONE,
        Optional.empty());
  }

  private int expect(Announcements session, int port) {
    return session.expect(++requests, port, (client, recorder) -> taken.add(port));
  }

  private Claim claim(InetAddress from, String user, String host, int port) {
    return claim(from, user, host, port, new SocketOwner.NotLookedUp());
  }

  private Claim claim(InetAddress from, String user, String host, int port, SocketOwner owner) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    Client client = mock(Client.class);
    when(client.address()).thenReturn(new InetSocketAddress(from, 4000));
    when(client.user()).thenReturn(Optional.ofNullable(user));
    when(client.request())
        .thenReturn(
            new ConnectionRequest(
                host,
                literal == null
                    ? new DestinationAddress.NotResolved()
                    : new DestinationAddress.Known(literal),
                port,
                from,
                "door"));
    return table.claim(client, owner, mock(ConnectionRecorder.class));
  }

  private Claim claim(String host, int port) {
    return claim(here, null, host, port);
  }

  @Test
  void whatNobodyAnnouncedIsForTheRules() {
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(table.isHeld(elsewhere, 2000)).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {HOST, "FTP.EXAMPLE", "ftp.example.", "192.0.2.1"})
  void anAnnouncedConnectionIsTakenOnceUnderAnyAlias(String alias) {
    expect(tunnelled, 2000);

    assertThat(claim(alias, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(claim(alias, 2000)).isEqualTo(Claim.HELD);
    assertThat(taken).containsExactly(2000);
  }

  @Test
  void anotherHostOnTheSamePortIsForTheRules() {
    expect(tunnelled, 2000);

    assertThat(claim("other.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(claim("192.0.2.2", 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aForeignClientIsRefusedAndTakesNothingAway() {
    expect(tunnelled, 2000);

    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claim(here, "eve", HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  private Promise<SocketOwner> openedByAnOwner() {
    Promise<SocketOwner> owner = ImmediateEventExecutor.INSTANCE.newPromise();
    Announcements owned = open(here, owner, tunnel("gate"));
    owned.knownAs(HOST);
    expect(owned, 3000);
    return owner;
  }

  @Test
  void anotherLocalUserIsRefusedAndTakesNothingAway() {
    openedByAnOwner().setSuccess(new SocketOwner.Known(1000, 77));

    assertThat(claim(HOST, 3000)).isEqualTo(Claim.NEEDS_OWNER);
    assertThat(claim(here, null, HOST, 3000, new SocketOwner.Known(1001, 78)))
        .isEqualTo(Claim.HELD);
    assertThat(claim(here, null, HOST, 3000, new SocketOwner.Known(0, 79)))
        .as("root")
        .isEqualTo(Claim.HELD);
    assertThat(claim(here, null, HOST, 3000, new SocketOwner.Unknown()))
        .as("closed again")
        .isEqualTo(Claim.HELD);
    assertThat(taken).isEmpty();
    assertThat(claim(here, null, HOST, 3000, new SocketOwner.Known(1000, 80)))
        .isEqualTo(Claim.TAKEN);
    assertThat(claim(HOST, 3000)).as("under way: nothing to look up").isEqualTo(Claim.HELD);
  }

  @Test
  void whereTheControlConnectionsOwnerIsUnknownNobodyAsks() {
    openedByAnOwner().setSuccess(new SocketOwner.Unknown());

    assertThat(claim(HOST, 3000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void anOwnerThatIsStillLookedForLetsNobodyIn() {
    Promise<SocketOwner> owner = openedByAnOwner();

    assertThat(claim(HOST, 3000)).isEqualTo(Claim.NEEDS_OWNER);
    assertThat(claim(here, null, HOST, 3000, new SocketOwner.Known(1000, 80)))
        .isEqualTo(Claim.HELD);
    owner.setSuccess(new SocketOwner.Known(1000, 77));
    assertThat(claim(here, null, HOST, 3000, new SocketOwner.Known(1000, 80)))
        .isEqualTo(Claim.TAKEN);
  }

  @Test
  void aForeignAddressIsRefusedWithoutALookUp() {
    openedByAnOwner().setSuccess(new SocketOwner.Known(1000, 77));

    assertThat(claim(elsewhere, null, HOST, 3000)).isEqualTo(Claim.HELD);
  }

  @Test
  void aLateClientIsRefused() {
    expect(tunnelled, 2000);
    now += Duration.ofSeconds(60).toNanos();
    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.HELD);
    now += 1;

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
  }

  @Test
  void theLastNanosecondCounts() {
    expect(tunnelled, 2000);
    now += Duration.ofSeconds(60).toNanos();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void inPlaintextLateSecondAndForeignClientsAreForTheRules() {
    expect(plain, 2000);
    assertThat(claim(elsewhere, null, "plain.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(claim("plain.example", 2000)).isEqualTo(Claim.TAKEN);
    assertThat(claim("plain.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);

    expect(plain, 3000);
    now += Duration.ofSeconds(61).toNanos();
    assertThat(claim("plain.example", 3000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aPortThatIsAnnouncedAgainIsExpectedAgain() {
    expect(tunnelled, 2000);
    claim(HOST, 2000);

    expect(tunnelled, 2000);

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void anAddressThatIsLearnedLaterIsHeldToo() throws Exception {
    expect(tunnelled, 2000);
    InetAddress other = InetAddress.getByName("192.0.2.50");
    assertThat(table.isHeld(other, 2000)).isFalse();

    tunnelled.knownAs(other);

    assertThat(table.isHeld(other, 2000)).isTrue();
    assertThat(table.isHeld(other, 2001)).isFalse();
  }

  @Test
  void culvertsOwnAddressIsAnAliasForClaimsButIsNotHeld() throws Exception {
    InetAddress own = InetAddress.getLoopbackAddress();
    tunnelled.alsoClaimedAs(own);
    expect(tunnelled, 2000);

    assertThat(table.isHeld(own, 2000)).isFalse();
    assertThat(claim("127.0.0.1", 2000)).isEqualTo(Claim.TAKEN);
    assertThat(claim("127.0.0.1", 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aClosedSessionHoldsNothingForWhichItsClientHasCome() {
    expect(tunnelled, 2000);
    expect(tunnelled, 2001);
    claim(HOST, 2001);

    tunnelled.close();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(claim(HOST, 2001)).isEqualTo(Claim.NOT_EXPECTED);
    expect(tunnelled, 2002);
    assertThat(claim(HOST, 2002)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aPortWhereNobodyHasComeIsHeldAgainstItsClientForAMinuteAfterTheSessionsEnd() {
    expect(tunnelled, 2000);

    tunnelled.close();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    now += Duration.ofSeconds(60).toNanos() + 1;
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aSessionThatHasLostItsServerExpectsNothingAndHoldsItsPorts() {
    expect(tunnelled, 2000);

    assertThat(tunnelled.stopExpecting()).isTrue();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(table.isHeld(elsewhere, 2000)).isFalse();
    tunnelled.close();
    now += Duration.ofSeconds(60).toNanos() + 1;
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whatHoldsNothingSaysSoWhenItStopsExpecting() {
    assertThat(tunnelled.stopExpecting()).isFalse();
    expect(plain, 2000);
    assertThat(plain.stopExpecting()).isFalse();
    assertThat(claim("plain.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aCollisionOfOneClientsSessionsIsResolvedByAnotherPort() {
    Announcements other = open(here, NOBODY, tunnel("gate"));
    other.knownAs(HOST);
    expect(tunnelled, 2000);

    int rewritten = expect(other, 2000);

    assertThat(rewritten).isNotEqualTo(2000).isBetween(1024, 65535);
    assertThat(claim(HOST, rewritten)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(2000);
    tunnelled.close();
    assertThat(claim(HOST, 2000)).as("the server's true port").isEqualTo(Claim.HELD);
  }

  @Test
  void aCapturedClientIsToldNoPortAtWhichItWouldReachTheServerPastTheTunnel() {
    SessionClient captured = new SessionClient("door", elsewhere, Optional.empty(), NOBODY, true);
    Announcements through = open(captured, tunnel("gate"), 21, port -> port);
    Announcements past = open(captured, plainTo("192.0.2.1"), 21, port -> port);
    through.knownAs(HOST);
    past.knownAs("plain.example");

    int told = expect(through, 2000);

    assertThat(told).isNotEqualTo(2000);
    assertThat(claim(elsewhere, null, HOST, told)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(2000);
    assertThat(claim(elsewhere, null, HOST, 2000)).as("the true port").isEqualTo(Claim.HELD);
    assertThat(expect(past, 3000)).as("in plaintext as it is").isEqualTo(3000);
  }

  @Test
  void sessionsOfDifferentClientsDoNotCollide() {
    Announcements other = open(elsewhere, NOBODY, tunnel("gate"));
    other.knownAs(HOST);
    expect(tunnelled, 2000);

    assertThat(expect(other, 2000)).isEqualTo(2000);
    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void aSpentPortIsNoCollision() {
    Announcements other = open(here, NOBODY, tunnel("gate"));
    other.knownAs(HOST);
    expect(tunnelled, 2000);
    claim(HOST, 2000);

    assertThat(expect(other, 2000)).isEqualTo(2000);
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void ofManyClientsThatComeAtOnceOneIsTaken() throws Exception {
    int threads = 8;
    AtomicInteger served = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 50; round++) {
        served.set(0);
        int port = 2000 + round;
        tunnelled.expect(round + 1, port, (client, recorder) -> served.incrementAndGet());
        CyclicBarrier barrier = new CyclicBarrier(threads);
        Callable<Claim> attempt =
            () -> {
              barrier.await(60, TimeUnit.SECONDS);
              return claim(HOST, port);
            };
        List<Claim> claims = new ArrayList<>();
        for (java.util.concurrent.Future<Claim> claim :
            pool.invokeAll(Collections.nCopies(threads, attempt))) {
          claims.add(claim.get(60, TimeUnit.SECONDS));
        }
        assertThat(claims).containsOnlyOnce(Claim.TAKEN).doesNotContain(Claim.NOT_EXPECTED);
        assertThat(served).hasValue(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aSessionThatCannotBeReadServesItsClientAtAnyPortAndAsOftenAsItComes() {
    tunnelled.expectAny();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(claim("192.0.2.1", 2000)).isEqualTo(Claim.TAKEN);
    now += 2 * ExpectedDataConnections.VALID_FOR.toNanos();
    assertThat(claim(HOST, 65535)).isEqualTo(Claim.TAKEN);
    assertThat(claim(HOST, 1024)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(2000, 2000, 65535, 1024);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {21, 80, 1023, 2121, 8021})
  void controlConnectionsAndLowPortsOfASessionThatCannotBeReadAreForTheRules(int port) {
    tunnelled.expectAny();

    assertThat(claim(HOST, port)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(claim(elsewhere, null, HOST, port)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void noPortOfAServerThatCannotBeReadIsOthers() {
    tunnelled.expectAny();

    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claim(elsewhere, null, "192.0.2.1", 65535)).isEqualTo(Claim.HELD);
    assertThat(claim(here, "eve", HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claim("other.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(taken).isEmpty();
    tunnelled.close();
    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void anotherClientsAnnouncementIsNotTakenByASessionThatCannotBeRead() {
    tunnelled.expectAny();
    Announcements other = open(elsewhere, NOBODY, tunnel("gate"));
    other.knownAs(HOST);
    expect(other, 2000);

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claim(elsewhere, null, HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void anAnnouncementOfTheClientsOwnComesFirst() {
    tunnelled.expectAny();
    Announcements second = open(here, NOBODY, tunnel("gate"));
    second.knownAs(HOST);
    second.expect(1, 2000, (client, recorder) -> taken.add(-1));

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-1);
  }

  @Test
  void aSessionThatCannotBeReadNeedsTheOwnerOfASocketToo() {
    Announcements owned = open(here, GlobalEventExecutor.INSTANCE.newPromise(), tunnel("gate"));
    owned.knownAs(HOST);
    owned.expectAny();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NEEDS_OWNER);
  }

  @Test
  void whenTheServerIsGoneNoPortOfItsIsForTheRulesUntilTheSessionHasEnded() {
    tunnelled.expectAny();

    assertThat(tunnelled.stopExpecting()).isTrue();
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    tunnelled.close();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(taken).isEmpty();
  }

  @Test
  void inPlaintextASessionThatCannotBeReadHoldsNothing() {
    plain.expectAny();
    assertThat(claim("plain.example", 2000)).isEqualTo(Claim.TAKEN);
    assertThat(claim(elsewhere, null, "plain.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);

    assertThat(plain.stopExpecting()).isFalse();

    assertThat(claim("plain.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  /** Another session of the same client with the same server, which cannot be read either. */
  private Announcements unread(String listener, Future<SocketOwner> owner, Upstream upstream) {
    opened++;
    int number = -opened;
    Announcements session = open(listener, here, owner, upstream, 21, port -> number);
    session.knownAs(HOST);
    session.expectAny();
    return session;
  }

  private Announcements unread(Upstream upstream) {
    return unread("door", NOBODY, upstream);
  }

  @Test
  void aPlaintextSessionDoesNotTakeWhatMayBeMeantForATunnel() {
    unread(plainTo("192.0.2.1"));
    unread(tunnel("gate"));
    unread(plainTo("192.0.2.1"));

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-2);
  }

  @Test
  void aPlaintextSessionTakesNothingWhileATunnelThatHasLostItsServerMayBeMeant() {
    unread(plainTo("192.0.2.1"));
    Announcements lost = unread(tunnel("gate"));
    lost.stopExpecting();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    lost.close();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-1);
  }

  @Test
  void aPlaintextSessionTakesNoPortThatATunnelHolds() {
    unread(plainTo("192.0.2.1"));
    expect(tunnelled, 2000);
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(taken).containsExactly(2000);
  }

  @Test
  void aPortThatAnothersTunnelHadUsedKeepsNoPlaintextSessionFromItsData() {
    Announcements other = open(elsewhere, NOBODY, tunnel("gate"));
    other.knownAs(HOST);
    expect(other, 2000);
    other.settled(requests);
    unread(plainTo("192.0.2.1"));

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-1);
  }

  @Test
  void aSessionThatHasLostItsServerStandsInTheWayOfNoOther() {
    Announcements lost = unread(tunnel("gate"));
    unread(tunnel("other"));
    assertThat(claim(HOST, 2000)).as("either may be meant").isEqualTo(Claim.HELD);

    lost.stopExpecting();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-2);
  }

  @Test
  void ofSessionsThatGoTheSameWayTheNewestServes() {
    unread(tunnel("gate"));
    Announcements newest = unread(tunnel("gate"));
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    newest.close();

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-2, -1);
  }

  @Test
  void ofPlaintextSessionsWithSeveralServersNoneIsGuessed() {
    unread(plainTo("192.0.2.1"));
    unread(plainTo("192.0.2.2"));

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(taken).isEmpty();
  }

  @Test
  void aSessionThatCannotBeReadServesWhoComesByItsOwnListenerOnly() {
    unread("other", NOBODY, tunnel("gate"));

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.HELD);
    unread("door", NOBODY, tunnel("own"));
    assertThat(claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-2);
  }

  @Test
  void theControlPortOfOneSessionIsNoOthersData() {
    unread(tunnel("gate"));
    assertThat(claim(HOST, 3121)).isEqualTo(Claim.TAKEN);
    Announcements second = open("door", here, NOBODY, tunnel("gate"), 4121, port -> port);
    second.knownAs(HOST);
    second.expectAny();

    assertThat(claim(HOST, 4121)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whoseSocketCannotBeToldIsNotForTheRulesWhereATunnelMayBeMeant() {
    unread(
        "door",
        ImmediateEventExecutor.INSTANCE.newSucceededFuture(new SocketOwner.Known(1000, 77)),
        tunnel("gate"));

    assertThat(claim(HOST, 2000)).isEqualTo(Claim.NEEDS_OWNER);
    assertThat(claim(here, null, HOST, 2000, new SocketOwner.Unknown())).isEqualTo(Claim.HELD);
    assertThat(claim(here, null, HOST, 2000, new SocketOwner.Known(1001, 78)))
        .as("certainly another user")
        .isEqualTo(Claim.HELD);
    assertThat(claim(here, null, HOST, 2000, new SocketOwner.Known(1000, 79)))
        .isEqualTo(Claim.TAKEN);
  }

  @Test
  void eachLocalUsersSessionServesThatUser() {
    for (int uid = 1000; uid < 1002; uid++) {
      unread(
          "door",
          ImmediateEventExecutor.INSTANCE.newSucceededFuture(new SocketOwner.Known(uid, 77)),
          tunnel("gate" + uid));
    }

    assertThat(claim(here, null, HOST, 2000, new SocketOwner.Known(1000, 78)))
        .isEqualTo(Claim.TAKEN);
    assertThat(taken).containsExactly(-1);
  }
}
