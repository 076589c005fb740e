package culvert.proxy.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Users of this host who do what they can to have more than their share, or to keep others out. */
class BeforeLoginPropertyTest {
  private static final List<String> USERS = List.of("mallory", "eve", "trent");

  /** Always the same steps, so that the gate depends on no chance. */
  @Property(tries = 80, seed = "1")
  void nobodyHasMoreThanItsShareAndNobodyIsKeptOut(
      @ForAll @IntRange(min = 1, max = 40) int most,
      @ForAll @Size(min = 20, max = 120) List<@IntRange(max = 99_999) Integer> steps) {
    Host host = new Host(most);
    for (int step : steps) {
      host.step(step % 10, step / 10);
      for (String user : USERS) {
        assertThat(host.letIn(user)).as("let in of " + user).isLessThanOrEqualTo(most);
      }
    }
    host.answerAll();
    int letIn = 0;
    while (host.arrives("bob", false, true)) {
      letIn++;
    }
    assertThat(letIn).isBetween(most / 2, most);
    host.leaveAll();
    assertThat(host.beforeLogin.waiting()).isZero();
  }

  private static final class Host {
    private final BeforeLogin beforeLogin;
    private final List<Guest> guests = new ArrayList<>();
    private final Map<Object, Guest> byChannel = new HashMap<>();
    private final List<Runnable> answers = new ArrayList<>();

    /**
     * A client.
     *
     * @param hides its user cannot be found out
     * @param atOnce when it is looked up
     */
    private record Guest(
        Visitor visitor, String user, boolean hides, boolean atOnce, List<Future<Boolean>> in) {}

    Host(int most) {
      beforeLogin = new BeforeLogin(most, this::user);
    }

    private Future<Optional<Object>> user(Arrival client) {
      Guest guest = byChannel.get(client.channel());
      Promise<Optional<Object>> user = client.channel().eventLoop().newPromise();
      Optional<Object> found = guest.hides() ? Optional.empty() : Optional.of(guest.user());
      if (guest.atOnce()) {
        user.setSuccess(found);
      } else {
        answers.add(
            () -> {
              user.setSuccess(found);
              guest.visitor().socket().runPendingTasks();
            });
      }
      return user;
    }

    void step(int what, int with) {
      if (what < 6) {
        arrives(USERS.get(with % USERS.size()), with / 3 % 3 == 0, with / 9 % 2 == 0);
      } else if (what == 6 && !guests.isEmpty()) {
        leaves(guests.remove(with % guests.size()));
      } else if (what == 7 && !guests.isEmpty()) {
        BeforeLogin.served(guests.remove(with % guests.size()).visitor().arrival().channel());
      } else if (!answers.isEmpty()) {
        answers.remove(with % answers.size()).run();
      }
    }

    boolean arrives(String user, boolean hides, boolean atOnce) {
      Guest guest = new Guest(Visitor.from("127.0.0.1"), user, hides, atOnce, new ArrayList<>());
      byChannel.put(guest.visitor().arrival().channel(), guest);
      guest.in().add(beforeLogin.enter(guest.visitor().arrival()));
      guest.visitor().socket().runPendingTasks();
      guests.add(guest);
      return isIn(guest);
    }

    private static boolean isIn(Guest guest) {
      Future<Boolean> entered = guest.in().get(0);
      return entered.isSuccess() && entered.getNow();
    }

    long letIn(String user) {
      return guests.stream().filter(guest -> guest.user().equals(user) && isIn(guest)).count();
    }

    void answerAll() {
      while (!answers.isEmpty()) {
        answers.remove(0).run();
      }
    }

    private static void leaves(Guest guest) {
      guest.visitor().socket().close();
      guest.visitor().socket().runPendingTasks();
    }

    void leaveAll() {
      guests.forEach(Host::leaves);
    }
  }
}
