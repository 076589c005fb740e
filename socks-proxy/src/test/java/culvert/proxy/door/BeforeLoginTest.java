package culvert.proxy.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import culvert.config.SshProfile;
import culvert.ssh.BindAddress;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class BeforeLoginTest {
  private static final int MOST = 4;
  private static final Optional<Object> NOBODY = Optional.empty();

  private final Queue<Optional<Object>> users = new ArrayDeque<>();
  private final Queue<Promise<Optional<Object>>> asked = new ArrayDeque<>();
  private final BeforeLogin beforeLogin = new BeforeLogin(MOST, this::user);

  private Future<Optional<Object>> user(Arrival client) {
    Promise<Optional<Object>> user = client.channel().eventLoop().newPromise();
    Optional<Object> known = users.poll();
    if (known == null) {
      asked.add(user);
    } else {
      user.setSuccess(known);
    }
    return user;
  }

  private boolean enters(Visitor visitor) {
    Future<Boolean> entered = beforeLogin.enter(visitor.arrival());
    visitor.socket().runPendingTasks();
    return entered.isSuccess() && entered.getNow();
  }

  private boolean enters(String address) {
    return enters(Visitor.from(address));
  }

  /** One of a user of this host. */
  private boolean enters(long uid) {
    users.add(Optional.of(uid));
    boolean entered = enters("127.0.0.1");
    users.clear();
    return entered;
  }

  @Test
  void anAddressHasItsShareAndOthersHaveTheirs() {
    for (int i = 0; i < MOST; i++) {
      assertThat(enters("203.0.113.1")).isTrue();
    }
    assertThat(enters("203.0.113.1")).isFalse();
    assertThat(enters("203.0.113.2")).isTrue();
    assertThat(beforeLogin.waiting()).isEqualTo(MOST + 1);
  }

  @Test
  void aUserOfThisHostKeepsNoOtherUserOut() {
    for (int i = 0; i < MOST; i++) {
      assertThat(enters(1000)).isTrue();
    }
    assertThat(enters(1000)).isFalse();
    assertThat(enters(1001)).isTrue();
    assertThat(beforeLogin.waiting()).isEqualTo(MOST + 1);
  }

  @Test
  void allAddressesOfThisHostAreOneSource() {
    for (int i = 1; i <= MOST; i++) {
      assertThat(beforeLogin.enter(Visitor.from("127.0.0." + i).arrival()).isDone()).isFalse();
    }
    assertThat(enters("127.1.2.3")).isFalse();
    assertThat(enters("::1")).isFalse();
  }

  @Test
  void aUserOfThisHostIsOneSourceFromAnyOfItsAddresses() {
    for (int i = 1; i <= MOST; i++) {
      users.add(Optional.of(1000L));
      assertThat(enters("127.0.0." + i)).isTrue();
    }
    users.add(Optional.of(1000L));
    assertThat(enters("127.0.0.9")).isFalse();
    assertThat(enters(1001)).isTrue();
  }

  @Test
  void whoseUserIsUnknownKeepsNoUserOut() {
    for (int i = 0; i < MOST / 2; i++) {
      users.add(NOBODY);
      assertThat(enters("127.0.0.1")).isTrue();
    }
    users.add(NOBODY);
    assertThat(enters("127.0.0.1")).isFalse();
    users.clear();
    assertThat(enters(1000)).isTrue();
  }

  @Test
  void whoseUserIsUnknownMayBeAnyUsers() {
    users.add(NOBODY);
    assertThat(enters("127.0.0.1")).isTrue();
    for (int i = 1; i < MOST; i++) {
      assertThat(enters(1000)).isTrue();
    }
    assertThat(enters(1000)).isFalse();
    users.add(NOBODY);
    assertThat(enters("127.0.0.1")).isFalse();
    users.clear();
    assertThat(enters(1001)).isTrue();
  }

  @Test
  void whoHasComeBeforeUsersWereLookedUpIsItsUsersToo() {
    BeforeLogin large = new BeforeLogin(16, this::user);
    List<Visitor> let = new ArrayList<>();
    for (int i = 0; i < 18; i++) {
      users.add(Optional.of(1000L)); // the first ones' come when they are looked up
      users.add(Optional.of(1000L));
      Visitor visitor = Visitor.from("127.0.0.1");
      Future<Boolean> entered = large.enter(visitor.arrival());
      visitor.socket().runPendingTasks();
      if (entered.getNow()) {
        let.add(visitor);
      }
    }
    assertThat(let).hasSize(16);
    let.forEach(visitor -> visitor.socket().close());
    assertThat(large.waiting()).isZero();
  }

  @Test
  void whereNobodyCanBeFoundOutThisHostIsOneSource() {
    BeforeLogin blind = new BeforeLogin(MOST);
    for (int i = 1; i <= MOST; i++) {
      assertThat(blind.enter(Visitor.from("127.0.0." + i).arrival()).getNow()).isTrue();
    }
    assertThat(blind.enter(Visitor.from("::1").arrival()).getNow()).isFalse();
    assertThat(blind.enter(Visitor.from("203.0.113.1").arrival()).getNow()).isTrue();
  }

  @Test
  void aNetworkOfIpv6IsOneSource() {
    for (int i = 1; i <= MOST; i++) {
      assertThat(enters("2001:db8:1:2::" + i)).isTrue();
    }
    assertThat(enters("2001:db8:1:2:ffff::1")).isFalse();
    assertThat(enters("2001:db8:1:3::1")).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void whoIsServedOrGoneIsCountedNoMore() {
    Visitor served = Visitor.from("203.0.113.1");
    Visitor gone = Visitor.from("203.0.113.1");
    enters(served);
    enters(gone);
    assertThat(beforeLogin.waiting()).isEqualTo(2);

    BeforeLogin.served(served.arrival().channel());
    BeforeLogin.served(served.arrival().channel());
    assertThat(beforeLogin.waiting()).isEqualTo(1);
    gone.socket().close();
    served.socket().close();
    assertThat(beforeLogin.waiting()).isZero();
  }

  @Test
  void whoGoesWhileItsUserIsLookedUpLeavesNothingBehind() {
    Visitor gone = Visitor.from("127.0.0.1");
    Future<Boolean> entered = beforeLogin.enter(gone.arrival());
    assertThat(entered.isDone()).isFalse();
    gone.socket().close();
    asked.remove().setSuccess(Optional.of(1000L));
    gone.socket().runPendingTasks();

    assertThat(beforeLogin.waiting()).isZero();
  }

  @Test
  void whileUsersAreLookedUpTheAddressHasItsShareAllTheSame() {
    for (int i = 0; i < MOST; i++) {
      assertThat(beforeLogin.enter(Visitor.from("127.0.0.1").arrival()).isDone()).isFalse();
    }
    assertThat(enters("127.0.0.1")).isFalse();
  }

  @Test
  void manyAreLetInBeforeAnybodyIsLookedUp() {
    BeforeLogin large =
        new BeforeLogin(
            80,
            client -> {
              throw new AssertionError("nobody is asked for");
            });
    for (int i = 0; i < 10; i++) {
      assertThat(large.enter(Visitor.from("127.0.0.1").arrival()).getNow()).isTrue();
    }
  }

  @Test
  void anSshServersClientsAreOneSource() {
    SshServer server = new SshServer(mock(SshProfile.class), "ssh.example");
    Optional<ForwardedBy> by =
        Optional.of(
            new ForwardedBy(
                mock(SshSession.class), server, "u", new BindAddress("127.0.0.1", 2121)));
    for (int i = 1; i <= MOST; i++) {
      assertThat(enters(Visitor.from("10.0.0." + i, by))).isTrue();
    }
    assertThat(enters(Visitor.from("10.0.0.9", by))).isFalse();
    assertThat(enters("10.0.0.9")).isTrue();
  }
}
