package culvert.proxy.ftp.passive;

import static culvert.proxy.ftp.passive.TableFixture.ADDRESS;
import static culvert.proxy.ftp.passive.TableFixture.HOST;
import static culvert.proxy.ftp.passive.TableFixture.NOT_LOOKED_UP;
import static culvert.proxy.ftp.passive.TableFixture.UNKNOWN;
import static culvert.proxy.ftp.passive.TableFixture.address;
import static culvert.proxy.ftp.passive.TableFixture.client;
import static culvert.proxy.ftp.passive.TableFixture.plain;
import static culvert.proxy.ftp.passive.TableFixture.tunnel;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.ftp.passive.TableFixture.Of;
import culvert.proxy.ftp.passive.TableFixture.Session;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.HeldPorts.Hold;
import culvert.proxy.upstream.Upstream;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a client at a port that nobody has announced to it. */
class DataNetTest {
  private static final Duration A_MINUTE = Duration.ofSeconds(60);

  private final TableFixture ftp = new TableFixture();

  // While one session waits

  @ParameterizedTest(name = "asked as {0}")
  @ValueSource(strings = {HOST, "FTP.Example.", "192.0.2.1", "::ffff:192.0.2.1"})
  void whileASessionWaitsItsClientsWayToThatHostIsTheTunnel(String host) {
    ftp.open("a").pasv();

    assertThat(ftp.claim(host, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(host, 8080)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).containsExactly("a at 2000", "a at 8080");
  }

  @Test
  void allAddressesAreLoopbackWhereTheHostIs() {
    ftp.open(Of.client("a"), "127.0.0.1", 21).pasv();

    assertThat(ftp.claim("0.0.0.0", 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim("127.0.0.2", 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whileNoSessionWaitsTheRulesDecide() {
    Session session = ftp.open("a");
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    session.pasv().transferred();
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold(ADDRESS, 2000)).isEqualTo(Hold.FREE);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {21, 80, 1023, 8021, 2121})
  void lowPortsAndControlPortsAreForTheRules(int port) {
    ftp.open(Of.client("a"), HOST, 2121).pasv();

    assertThat(ftp.claim(HOST, port)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold(ADDRESS, port)).isEqualTo(Hold.FREE);
  }

  @Test
  void anotherHostIsForTheRules() {
    ftp.open("a").pasv();

    assertThat(ftp.claim("other.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim("192.0.2.2", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold(address("192.0.2.2"), 2000)).isEqualTo(Hold.FREE);
  }

  @Test
  void anotherClientIsForTheRules() {
    ftp.open("a").pasv();

    assertThat(ftp.claim("10.1.1.2", Optional.empty(), HOST, 2000, NOT_LOOKED_UP))
        .isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim("10.1.1.1", Optional.of("eve"), HOST, 2000, NOT_LOOKED_UP))
        .isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold("10.1.1.2", NOT_LOOKED_UP, ADDRESS, 2000)).isEqualTo(Hold.FREE);
  }

  @Test
  void whatTheNetHasLetInEndsNoWait() {
    Session session = ftp.open("a").pasv();
    ftp.claim(HOST, 2000);

    assertThat(ftp.claim(HOST, 2001)).isEqualTo(Claim.TAKEN);
    session.transferred();
    assertThat(ftp.claim(HOST, 2002)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, 2000)).as("was nobody's port").isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whoComesForWhatWasAnnouncedEndsTheWait() {
    Session session = ftp.open("a").pasv();
    session.announces(2000);

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, 8080)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.taken).containsExactly("a 2000");
  }

  @Test
  void whoComesForAnEarlierAnnouncementLeavesTheLaterOneWaiting() {
    Session session = ftp.open("a").pasv();
    session.announces(2000);
    session.pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, 2001)).isEqualTo(Claim.TAKEN);
    session.announces(2002);
    assertThat(ftp.claim(HOST, 2002)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, 2003)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.taken).containsExactly("a 2000", "a at 2001", "a 2002");
  }

  @Test
  void aFinalReplyEndsNoWaitThatBeganAfterItsTransfer() {
    Session session = ftp.open("a").pasv();
    session.pasv();
    session.part.settled(1);

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void whoComesTooLateForAnAnnouncementIsRefusedAlthoughTheSessionWaits() {
    ftp.open("a").pasv().announces(2000);
    ftp.pass(A_MINUTE.plusNanos(1));

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(ftp.claim(HOST, 2001)).as("the wait itself has no end").isEqualTo(Claim.TAKEN);
  }

  @Test
  void aPortOfAnEarlierTransferMayBeTheServersNextOne() {
    Session session = ftp.open("a").pasv();
    session.announces(2000);
    ftp.claim(HOST, 2000);
    session.transferred();
    assertThat(ftp.claim(HOST, 2000)).as("late").isEqualTo(Claim.HELD);

    session.pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void anAnnouncementOfAPlaintextSessionComesFirst() {
    ftp.open("a").pasv();
    Session plain = ftp.open(Of.client("p").by(plain("192.0.2.1"))).pasv();
    plain.announces(2000);

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, 2001)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).containsExactly("p 2000", "a at 2001");
  }

  @Test
  void aPlaintextSessionThatWaitsTakesNobody() {
    ftp.open(Of.client("p").by(plain("192.0.2.1"))).pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold(ADDRESS, 2000)).isEqualTo(Hold.FREE);
  }

  @Test
  void onlySoManyAreLetInAtATime() {
    ftp.open("a").pasv();
    for (int i = 0; i < Announcements.MAX_LET_IN; i++) {
      assertThat(ftp.claim(HOST, 2000 + i)).isEqualTo(Claim.TAKEN);
    }

    assertThat(ftp.claim(HOST, 3000)).isEqualTo(Claim.HELD);
    ftp.open.get(3).close();
    assertThat(ftp.claim(HOST, 3000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, 3001)).isEqualTo(Claim.HELD);
  }

  // Whose

  @Test
  void whereSeveralSessionsWaitNoneIsGuessed() {
    Session first = ftp.open("a").pasv();
    ftp.open("b").pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
    first.transferred();
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).containsExactly("b at 2000");
  }

  @Test
  void eachClientsSessionIsItsOwn() {
    ftp.open("a").pasv();
    ftp.open(Of.client("b").from("10.1.1.2")).pasv();
    ftp.open(Of.client("c").user("carol")).pasv();

    ftp.claim(HOST, 2000);
    ftp.claim("10.1.1.2", Optional.empty(), HOST, 2001, NOT_LOOKED_UP);
    ftp.claim("10.1.1.1", Optional.of("carol"), HOST, 2002, NOT_LOOKED_UP);

    assertThat(ftp.taken).containsExactly("a at 2000", "b at 2001", "c at 2002");
  }

  @Test
  void eachLocalUsersSessionIsItsOwn() {
    ftp.open(Of.client("a").ownedBy(1000)).pasv();
    ftp.open(Of.client("b").ownedBy(1001)).pasv();
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NEEDS_OWNER);

    assertThat(claimAs(new SocketOwner.Known(1001, 78))).isEqualTo(Claim.TAKEN);
    assertThat(claimAs(new SocketOwner.Known(1002, 78))).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(claimAs(UNKNOWN)).as("may be either's").isEqualTo(Claim.HELD);
    assertThat(ftp.taken).containsExactly("b at 2000");
  }

  @Test
  void whoseSocketCannotBeToldIsNotForTheRules() {
    ftp.open(Of.client("a").ownedBy(1000)).pasv();

    assertThat(claimAs(UNKNOWN)).isEqualTo(Claim.HELD);
    assertThat(ftp.hold("10.1.1.1", UNKNOWN, ADDRESS, 2000)).isEqualTo(Hold.HELD);
    assertThat(ftp.hold("10.1.1.1", NOT_LOOKED_UP, ADDRESS, 2000)).isEqualTo(Hold.NEEDS_OWNER);
    assertThat(ftp.hold("10.1.1.1", new SocketOwner.Known(1001, 7), ADDRESS, 2000))
        .isEqualTo(Hold.FREE);
  }

  @Test
  void aSessionWhoseOwnerIsStillLookedForLetsNobodyIn() {
    Promise<SocketOwner> owner = ImmediateEventExecutor.INSTANCE.newPromise();
    ftp.open(Of.client("a").ownedBy(owner)).pasv();

    assertThat(claimAs(new SocketOwner.Known(1000, 78))).isEqualTo(Claim.HELD);
    owner.setSuccess(new SocketOwner.Known(1000, 77));
    assertThat(claimAs(new SocketOwner.Known(1000, 78))).isEqualTo(Claim.TAKEN);
  }

  @Test
  void aSecondSessionThatMayBeMeantKeepsTheFirstFromTaking() {
    ftp.open("a").pasv();
    ftp.open(Of.client("b").ownedBy(1000)).pasv();

    assertThat(claimAs(UNKNOWN)).isEqualTo(Claim.HELD);
    assertThat(claimAs(new SocketOwner.Known(1001, 78))).isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).containsExactly("a at 2000");
  }

  private Claim claimAs(SocketOwner owner) {
    return ftp.claim("10.1.1.1", Optional.empty(), HOST, 2000, owner);
  }

  // By another name

  @Test
  void byAnotherNameOfTheHostNobodyIsConnectedDirectly() {
    Session session = ftp.open("a").pasv();

    assertThat(ftp.claim("alias.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold(ADDRESS, 2000)).isEqualTo(Hold.HELD);
    assertThat(ftp.hold(address("::ffff:192.0.2.1"), 2000)).isEqualTo(Hold.HELD);
    session.part.close();
    assertThat(ftp.hold(ADDRESS, 2000)).isEqualTo(Hold.HELD);
    ftp.pass(A_MINUTE.plusNanos(1));
    assertThat(ftp.hold(ADDRESS, 2000)).isEqualTo(Hold.FREE);
  }

  @Test
  void anAddressThatIsLearnedWhileTheSessionWaitsIsTheHosts() {
    Session session = ftp.open("a").pasv();
    assertThat(ftp.claim("198.51.100.1", 2000)).isEqualTo(Claim.NOT_EXPECTED);

    session.part.knownAs("198.51.100.1");
    assertThat(ftp.claim("198.51.100.1", 2000)).isEqualTo(Claim.TAKEN);
    session.part.close();
    session.part.knownAs("198.51.100.2");
    assertThat(ftp.claim("198.51.100.2", 2000)).isEqualTo(Claim.HELD);
  }

  @Test
  void anAddressThatOnlyANameServerKnowsIsHeldAndNobodyIsDrawnIntoTheTunnelThere() {
    Session session = ftp.open("a").pasv();
    session.part.maybeKnownAs(address("198.51.100.1"));
    session.announces(2000);

    assertThat(ftp.claim("198.51.100.1", 2000)).as("announced").isEqualTo(Claim.HELD);
    assertThat(ftp.claim("198.51.100.1", 8080)).as("not announced").isEqualTo(Claim.HELD);
    assertThat(ftp.claim("198.51.100.1", 22)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.taken).isEmpty();
    session.transferred();
    assertThat(ftp.claim("198.51.100.1", 8080)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, 2000)).as("the session's own").isEqualTo(Claim.TAKEN);
  }

  @Test
  void anAddressThatOnlyANameServerKnowsIsHeldAgainstNobodyElse() {
    Session session = ftp.open("a").pasv();
    session.part.maybeKnownAs(address("198.51.100.1"));
    session.announces(2000);
    Session unread = ftp.open("b");
    unread.part.maybeKnownAs(address("198.51.100.2"));
    unread.part.expectAny();

    for (String host : List.of("198.51.100.1", "198.51.100.2")) {
      assertThat(ftp.claim("10.1.1.2", Optional.empty(), host, 2000, NOT_LOOKED_UP))
          .isEqualTo(Claim.NOT_EXPECTED);
      assertThat(ftp.hold("10.1.1.2", NOT_LOOKED_UP, address(host), 2000)).isEqualTo(Hold.FREE);
      assertThat(ftp.table.isHeld(address(host), 2000)).isFalse();
    }
    assertThat(ftp.table.isHeld(ADDRESS, 2000)).isTrue();
  }

  @Test
  void anAddressThatTheClientIsToldIsTheHostsWhateverANameServerSaysToo() {
    Session session = ftp.open("a").pasv();
    session.part.maybeKnownAs(address("198.51.100.1"));
    session.part.knownAs("198.51.100.1");
    session.part.maybeKnownAs(address("198.51.100.1"));

    assertThat(ftp.claim("198.51.100.1", 2000)).isEqualTo(Claim.TAKEN);
  }

  @Test
  void aSessionThatCannotBeReadTakesNobodyWhereOnlyANameServerLeads() {
    Session tunnelled = ftp.open("a");
    tunnelled.part.maybeKnownAs(address("198.51.100.1"));
    tunnelled.part.expectAny();
    Session plain = ftp.open(Of.client("p").by(plain("192.0.2.7")), "plain.example", 21);
    plain.part.maybeKnownAs(address("198.51.100.2"));
    plain.part.expectAny();

    assertThat(ftp.claim("198.51.100.1", 2000)).isEqualTo(Claim.HELD);
    assertThat(ftp.claim("198.51.100.2", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.taken).isEmpty();
  }

  // When it has ended

  @Test
  void aSessionThatHasEndedWaitingRefusesItsClientForAMinute() {
    Session session = ftp.open("a").pasv();
    session.announces(2000);
    session.part.close();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
    ftp.pass(A_MINUTE);
    assertThat(ftp.claim(HOST, 2001)).isEqualTo(Claim.HELD);
    ftp.pass(Duration.ofNanos(1));
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.taken).isEmpty();
  }

  @Test
  void aSessionThatHasEndedOtherwiseRefusesNobody() {
    ftp.open("a").pasv().transferred().part.close();
    Session served = ftp.open("b").pasv();
    served.announces(2000);
    ftp.claim(HOST, 2000);
    served.part.close();
    ftp.open("c").part.close();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, 2001)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whatHasHadItsFinalReplyHoldsTheUntakenPortAlone() {
    Session session = ftp.open("a").pasv();
    session.announces(2000);
    session.transferred().part.close();

    assertThat(ftp.claim(HOST, 2000)).as("the server may listen on").isEqualTo(Claim.HELD);
    assertThat(ftp.claim(HOST, 8080)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whenTheServerIsGoneTheClientIsRefusedUntilAMinuteAfterItsOwnEnd() {
    Session session = ftp.open("a").pasv();
    assertThat(session.part.stopExpecting()).isTrue();
    ftp.pass(A_MINUTE.multipliedBy(10));

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
    session.part.close();
    session.part.close();
    ftp.pass(A_MINUTE);
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
    ftp.pass(Duration.ofNanos(1));
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aSessionThatHasEndedStandsInTheWayOfNoneThatWaits() {
    ftp.open("a").pasv().part.close();
    ftp.open("b").pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).containsExactly("b at 2000");
  }

  @Test
  void theNextControlConnectionIsNotTakenForDataOfTheLastOne() {
    ftp.open(Of.client("a"), HOST, 2121).pasv().part.close();

    assertThat(ftp.claim(HOST, 2121)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, 2122)).isEqualTo(Claim.HELD);
  }

  @Test
  void ofSessionsThatHaveEndedOnlySoManyAreRemembered() {
    ftp.open(Of.client("first"), "first.example", 21).pasv().part.close();
    Of next = Of.client("next");
    for (int i = 1; i < EndedSessions.MAX; i++) {
      ftp.open(next, "next.example", 21).pasv().part.close();
      ftp.open(next, "quiet.example", 21).part.close();
    }
    assertThat(ftp.claim("first.example", 2000)).isEqualTo(Claim.HELD);

    ftp.open(next, "last.example", 21).pasv().part.close();

    assertThat(ftp.claim("first.example", 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim("last.example", 2000)).isEqualTo(Claim.HELD);
  }

  @Test
  void nobodysEndedSessionsAreForgottenForAnothersSake() {
    ftp.open("first").pasv().part.close();
    Of other = Of.client("other").from("10.1.1.2");
    ftp.open(other, "oldest.example", 21).pasv().part.close();
    for (int i = 0; i < EndedSessions.MAX; i++) {
      ftp.open(other.user("invented" + i), "next.example", 21).pasv().part.close();
    }

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
    assertThat(claimFrom("10.1.1.2", "oldest.example")).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void localUsersEndedSessionsAreTheirOwn() {
    ftp.open(Of.client("first").ownedBy(1000)).pasv().part.close();
    Of other = Of.client("other").ownedBy(1001);
    for (int i = 0; i < EndedSessions.MAX; i++) {
      ftp.open(other, "next.example", 21).pasv().part.close();
    }

    assertThat(claimAs(new SocketOwner.Known(1000, 78))).isEqualTo(Claim.HELD);
  }

  private Claim claimFrom(String client, String host) {
    return ftp.claim(client, Optional.empty(), host, 2000, NOT_LOOKED_UP);
  }

  // Beside sessions that cannot be read

  @Test
  void aSessionThatCannotBeReadTakesItsClientBesideOneThatWaitsOnTheSameWay() {
    Upstream way = tunnel("gate");
    ftp.open(Of.client("tls").by(way)).part.expectAny();
    Session waits = ftp.open(Of.client("a").by(way)).pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    waits.announces(2000);
    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).containsExactly("tls at 2000", "a 2000");
  }

  @Test
  void besideOneThatWaitsOnAnotherWayNoneIsGuessed() {
    ftp.open("tls").part.expectAny();
    ftp.open(Of.client("a").by(tunnel("other"))).pasv();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.HELD);
  }

  @Test
  void byAnotherNameWhatCannotBeReadIsNobodys() {
    ftp.open("tls").part.expectAny();

    for (String client : new String[] {"10.1.1.1", "10.1.1.2"}) {
      assertThat(ftp.hold(client, NOT_LOOKED_UP, ADDRESS, 2000)).isEqualTo(Hold.HELD);
      assertThat(ftp.hold(client, NOT_LOOKED_UP, ADDRESS, 8021)).isEqualTo(Hold.FREE);
      assertThat(ftp.hold(client, NOT_LOOKED_UP, ADDRESS, 80)).isEqualTo(Hold.FREE);
    }
    assertThat(ftp.hold(address("192.0.2.2"), 2000)).isEqualTo(Hold.FREE);
  }

  @Test
  void anothersOwnAnnouncementIsNoneOfTheServerThatCannotBeRead() {
    ftp.open("tls").part.expectAny();
    Session other = ftp.open(Of.client("b").from("10.1.1.2")).pasv();
    other.announces(2000);

    assertThat(ftp.claim("10.1.1.2", Optional.empty(), HOST, 2000, NOT_LOOKED_UP))
        .isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim("10.1.1.2", Optional.empty(), HOST, 2001, NOT_LOOKED_UP))
        .isEqualTo(Claim.HELD);
  }

  // What it is asked otherwise

  @Test
  void itIsKnownForAMinuteWhoHadATunnelledSessionWithTheHost() {
    Session session = ftp.open("a");
    ftp.open(Of.client("p").by(plain("192.0.2.7")), "plain.example", 21);
    assertThat(recently(HOST, 2000)).isTrue();
    assertThat(recently("192.0.2.1", 2000)).isTrue();
    assertThat(recently(HOST, 80)).isFalse();
    assertThat(recently(HOST, 8021)).isFalse();
    assertThat(recently("plain.example", 2000)).isFalse();
    assertThat(recently("other.example", 2000)).isFalse();
    EmbeddedChannel channel = new EmbeddedChannel();
    assertThat(
            ftp.table.recentlyTunnelled(
                client("10.1.1.1", Optional.empty(), "alias.example", 2000, channel),
                Optional.of(ADDRESS)))
        .isTrue();

    session.part.close();
    ftp.pass(A_MINUTE);
    assertThat(recently(HOST, 2000)).isTrue();
    ftp.pass(Duration.ofNanos(1));
    assertThat(recently(HOST, 2000)).isFalse();
  }

  private boolean recently(String host, int port) {
    return ftp.table.recentlyTunnelled(
        client("10.1.1.1", Optional.empty(), host, port, new EmbeddedChannel()), Optional.empty());
  }

  // Others, and control ports

  @Test
  void aSessionKeepsOnePortAtATimeFromOthers() {
    Session session = ftp.open("a");
    for (int port = 2000; port < 2300; port++) {
      session.pasv().announces(port);
    }

    for (int port = 2000; port < 2299; port++) {
      assertThat(others(port)).isEqualTo(Claim.NOT_EXPECTED);
    }
    assertThat(others(2299)).isEqualTo(Claim.HELD);
    assertThat(ftp.table.isHeld(ADDRESS, 2299)).isTrue();
    session.pasv();
    assertThat(others(2299)).as("the server listens elsewhere next").isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void aPortIsKeptFromOthersUntilItsTransferHasEnded() {
    Session session = ftp.open("a").pasv();
    session.announces(2000);
    ftp.claim(HOST, 2000);
    ftp.pass(A_MINUTE.multipliedBy(3));
    assertThat(others(2000)).isEqualTo(Claim.HELD);
    assertThat(ftp.hold("10.1.1.2", NOT_LOOKED_UP, ADDRESS, 2000)).isEqualTo(Hold.HELD);

    session.transferred();

    assertThat(others(2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.hold("10.1.1.2", NOT_LOOKED_UP, ADDRESS, 2000)).isEqualTo(Hold.FREE);
    assertThat(ftp.claim(HOST, 2000)).as("its own client is late").isEqualTo(Claim.HELD);
  }

  @Test
  void whereNobodyComesAPortIsKeptFromOthersForAMinute() {
    ftp.open("a").pasv().announces(2000);
    ftp.pass(A_MINUTE);
    assertThat(others(2000)).isEqualTo(Claim.HELD);
    ftp.pass(Duration.ofNanos(1));

    assertThat(others(2000)).isEqualTo(Claim.NOT_EXPECTED);
  }

  @Test
  void whatIsHeldAgainstAnotherLocalUserDependsOnTheTransferToo() {
    Session session = ftp.open(Of.client("a").ownedBy(1000)).pasv();
    session.announces(2000);
    assertThat(claimAs(new SocketOwner.Known(1001, 78))).isEqualTo(Claim.HELD);
    assertThat(claimAs(new SocketOwner.Known(1000, 79))).isEqualTo(Claim.TAKEN);
    session.transferred();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NEEDS_OWNER);
    assertThat(claimAs(new SocketOwner.Known(1001, 78))).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(claimAs(UNKNOWN)).isEqualTo(Claim.HELD);
    assertThat(claimAs(new SocketOwner.Known(1000, 79))).isEqualTo(Claim.HELD);
  }

  @Test
  void ofASessionsPortsTheOldestSpentOneIsReleasedFirst() {
    Session session = ftp.open("a").pasv();
    session.announces(2000); // never taken
    for (int port = 2001; port <= 2000 + SessionPorts.MAX; port++) {
      session.pasv().announces(port);
      assertThat(ftp.claim(HOST, port)).isEqualTo(Claim.TAKEN);
    }

    assertThat(ftp.claim(HOST, 2001)).as("released").isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, 2002)).isEqualTo(Claim.HELD);
    session.pasv();
    assertThat(ftp.claim(HOST, 2001)).as("still under the net").isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, 2000)).as("still expected").isEqualTo(Claim.TAKEN);
    assertThat(ftp.taken).endsWith("a at 2001", "a 2000");
  }

  @Test
  void ofPortsForWhichNobodyComesTheOldestIsReleased() {
    Session session = ftp.open("a").pasv();
    for (int port = 2000; port <= 2000 + SessionPorts.MAX; port++) {
      session.announces(port);
    }
    session.transferred();

    assertThat(ftp.claim(HOST, 2000)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, 2001)).isEqualTo(Claim.TAKEN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {8021, 2121, 4121})
  void aControlPortThatAServerAnnouncesIsGivenAnotherNumber(int port) {
    ftp.open(Of.client("b"), HOST, 4121); // where the client has control connections, too
    for (Upstream way : new Upstream[] {tunnel("gate"), plain("192.0.2.1")}) {
      Session session = ftp.open(Of.client("a").by(way), HOST, 2121).pasv();

      int told = session.announces(port);

      assertThat(told).isNotEqualTo(port).isBetween(1024, 65535);
      assertThat(ftp.claim(HOST, port)).isEqualTo(Claim.NOT_EXPECTED);
      assertThat(others(port)).isEqualTo(Claim.NOT_EXPECTED);
      assertThat(ftp.table.isHeld(ADDRESS, port)).isFalse();
      assertThat(ftp.claim(HOST, told)).isEqualTo(Claim.TAKEN);
      assertThat(ftp.taken).last().isEqualTo("a " + port);
    }
  }

  @Test
  void aNumberThatTheClientAloneWasToldIsNotKeptFromOthers() {
    Session session = ftp.open("a").pasv();
    int told = session.announces(8021);

    assertThat(others(told)).isEqualTo(Claim.NOT_EXPECTED);
    assertThat(ftp.claim(HOST, told)).isEqualTo(Claim.TAKEN);
    assertThat(ftp.claim(HOST, told)).isEqualTo(Claim.HELD);
  }

  private Claim others(int port) {
    return ftp.claim("10.1.1.2", Optional.empty(), HOST, port, NOT_LOOKED_UP);
  }
}
