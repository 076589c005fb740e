package culvert.proxy.ftp.passive;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.ftp.passive.TableFixture.Of;
import culvert.proxy.upstream.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/** The table against a model that knows no index and forgets nothing that it has to remember. */
class DataNetPropertyTest {
  private static final List<String> CLIENTS = List.of("10.1.1.1", "10.1.1.2");
  private static final List<String> HOSTS = List.of("one.example", "two.example");
  private static final List<Integer> PORTS = List.of(2000, 2001, 2002, 8021, 2121, 80);
  private static final List<Upstream> WAYS =
      List.of(
          TableFixture.tunnel("gate"),
          TableFixture.tunnel("other"),
          TableFixture.plain("192.0.2.7"));
  private static final long MINUTE = Duration.ofSeconds(60).toNanos();

  private enum State {
    SERVES,
    STOPPED,
    ENDED
  }

  private record Announced(int told, int request, boolean serversOwn, long at, boolean expected) {}

  private static final class Model {
    final TableFixture.Session real;
    final String name;
    final String client;
    final String host;
    final Upstream way;
    final int controlPort;
    final List<Announced> ports = new ArrayList<>();
    State state = State.SERVES;
    long endedAt;
    int awaited;
    int newest;
    int claimed;
    int transferred;
    int unread;
    int letIn;

    Model(
        TableFixture.Session real,
        String name,
        String client,
        String host,
        Upstream way,
        int controlPort) {
      this.real = real;
      this.name = name;
      this.client = client;
      this.host = host;
      this.way = way;
      this.controlPort = controlPort;
    }

    boolean tunnelled() {
      return way.isTunnelled();
    }

    boolean waits() {
      return tunnelled() && unread == 0 && awaited > Math.max(claimed, transferred);
    }

    boolean serves() {
      return state == State.SERVES;
    }
  }

  private TableFixture ftp = new TableFixture();
  private List<Model> sessions = new ArrayList<>();
  private int names;
  private int unreads;

  @BeforeTry
  void begin() {
    ftp = new TableFixture();
    sessions = new ArrayList<>();
    names = 0;
    unreads = 0;
  }

  /** Always the same steps, so that the gate depends on no chance. */
  @Property(tries = 200, seed = "1")
  void theTableSaysWhatTheModelSays(
      @ForAll @Size(min = 40, max = 120) List<@IntRange(max = 99_999) Integer> steps) {
    for (int step : steps) {
      sessions.removeIf(
          s -> s.state == State.ENDED && (!s.tunnelled() || ftp.now - s.endedAt > MINUTE));
      int what = step % 10;
      int with = step / 10;
      if (what == 0 || sessions.isEmpty()) {
        open(with);
      } else if (what >= 6) {
        claim(with);
      } else {
        change(sessions.get(with % sessions.size()), what, with / sessions.size());
      }
    }
  }

  private void open(int with) {
    String name = "s" + names++;
    String client = CLIENTS.get(with % 2);
    String host = HOSTS.get(with / 2 % 2);
    Upstream way = WAYS.get(with / 4 % 3);
    int controlPort = with / 12 % 4 == 0 ? 2121 : 21;
    TableFixture.Session real = ftp.open(Of.client(name).from(client).by(way), host, controlPort);
    sessions.add(new Model(real, name, client, host, way, controlPort));
  }

  private void change(Model s, int what, int with) {
    if (what == 1) {
      s.real.pasv();
      s.awaited = s.real.requests;
      s.newest = Math.max(s.newest, s.awaited);
    } else if (what == 2) {
      announce(s, PORTS.get(with % 5));
    } else if (what == 3) {
      s.real.transferred();
      s.transferred = s.real.requests;
    } else if (what == 4) {
      ftp.now += with % 3 * MINUTE / 2;
    } else {
      end(s, with % 3);
    }
  }

  private void announce(Model s, int port) {
    int told = s.real.announces(port);
    if (!s.serves()) {
      assertThat(told).isEqualTo(port);
      return;
    }
    s.newest = Math.max(s.newest, s.real.requests);
    boolean control = isControl(s.client, s.host, port);
    boolean collides =
        sessions.stream()
            .filter(other -> other != s && other.client.equals(s.client) && meets(other, s))
            .flatMap(other -> other.ports.stream())
            .anyMatch(p -> p.told() == port && p.expected() && ftp.now - p.at() <= MINUTE);
    assertThat(told == port).isEqualTo(!control && !collides);
    put(s, new Announced(told, s.real.requests, told == port, ftp.now, true));
    if (told != port && s.tunnelled() && !control) {
      put(s, new Announced(port, s.real.requests, true, ftp.now, false));
    }
  }

  private static boolean meets(Model one, Model other) {
    return one.host.equals(other.host);
  }

  private static void put(Model s, Announced port) {
    s.ports.removeIf(p -> p.told() == port.told());
    s.ports.add(port);
  }

  private void end(Model s, int how) {
    if (how == 0) {
      if (s.serves()) {
        s.real.part.expectAny();
        s.unread = ++unreads;
      }
      return;
    }
    boolean holds = s.tunnelled() && (!s.ports.isEmpty() || s.unread > 0 || s.waits());
    if (how == 1) {
      boolean held = s.real.part.stopExpecting();
      if (s.serves()) {
        assertThat(held).isEqualTo(holds);
        s.state = State.STOPPED;
        s.ports.replaceAll(
            p -> new Announced(p.told(), p.request(), p.serversOwn(), p.at(), false));
        if (!holds) {
          ended(s);
        }
      }
    } else {
      s.real.part.close();
      if (s.state != State.ENDED) {
        ended(s);
      }
    }
  }

  private void ended(Model s) {
    s.state = State.ENDED;
    s.endedAt = ftp.now;
    s.unread = 0;
    s.ports.removeIf(p -> !s.tunnelled() || s.claimed >= p.request());
    s.ports.replaceAll(p -> new Announced(p.told(), p.request(), p.serversOwn(), p.at(), false));
  }

  private boolean isControl(String client, String host, int port) {
    return port == 8021
        || sessions.stream()
            .anyMatch(s -> s.client.equals(client) && s.host.equals(host) && s.controlPort == port);
  }

  private void claim(int with) {
    String client = CLIENTS.get(with % 2);
    String host = HOSTS.get(with / 2 % 2);
    int port = port(with / 4);
    int before = ftp.taken.size();
    String expected = expected(client, host, port);

    Claim claim = ftp.claim(client, Optional.empty(), host, port, TableFixture.UNKNOWN);

    String found =
        claim == Claim.TAKEN && ftp.taken.size() == before + 1
            ? ftp.taken.get(before).replaceAll(" \\d+$", "") // "at" where nothing was announced
            : claim.toString();
    assertThat(found).as("%s to %s:%d", client, host, port).isEqualTo(expected);
  }

  /** Also one that a server has been given instead of its own. */
  private int port(int with) {
    List<Integer> all = new ArrayList<>(PORTS);
    sessions.forEach(s -> s.ports.forEach(p -> all.add(p.told())));
    return all.get(with % all.size());
  }

  private String expected(String client, String host, int port) {
    List<Model> own =
        sessions.stream().filter(s -> s.client.equals(client) && s.host.equals(host)).toList();
    for (Model s : own) {
      for (Announced p : List.copyOf(s.ports)) {
        if (p.told() == port && p.expected() && ftp.now - p.at() <= MINUTE) {
          s.claimed = Math.max(s.claimed, p.request());
          s.ports.remove(p);
          if (s.tunnelled()) {
            s.ports.add(new Announced(port, p.request(), p.serversOwn(), p.at(), false));
          }
          return s.name;
        }
      }
    }
    for (Model s : sessions) {
      if (!s.client.equals(client) && s.host.equals(host) && keepsFromOthers(s, port)) {
        return "HELD";
      }
    }
    boolean held =
        own.stream()
            .anyMatch(s -> s.tunnelled() && s.ports.stream().anyMatch(p -> p.told() == port));
    if (port >= 1024 && !isControl(client, host, port)) {
      Optional<String> net = net(own, held, port);
      if (net.isPresent()) {
        return net.get();
      }
      held |=
          sessions.stream()
              .anyMatch(
                  s ->
                      s.host.equals(host)
                          && s.tunnelled()
                          && s.unread > 0
                          && s.controlPort != port);
    }
    return held ? "HELD" : "NOT_EXPECTED";
  }

  private boolean keepsFromOthers(Model s, int port) {
    return s.tunnelled()
        && s.state != State.ENDED
        && s.ports.stream()
            .anyMatch(
                p ->
                    p.told() == port
                        && p.serversOwn()
                        && p.request() >= s.newest
                        && p.request() > s.transferred
                        && (s.claimed >= p.request() || ftp.now - p.at() <= MINUTE));
  }

  private static Optional<String> net(List<Model> own, boolean held, int port) {
    List<Model> meant = own.stream().filter(s -> s.tunnelled() && attends(s)).toList();
    if (meant.isEmpty()) {
      List<Model> plain = own.stream().filter(s -> !s.tunnelled() && s.unread > 0).toList();
      return plain.isEmpty() || held ? Optional.empty() : Optional.of(newest(plain));
    }
    List<Model> unread = meant.stream().filter(s -> s.unread > 0 && s.serves()).toList();
    List<Model> waiting = meant.stream().filter(s -> s.waits() && s.serves()).toList();
    if (waiting.isEmpty()) {
      return Optional.of(newest(unread));
    }
    Model one = waiting.get(0);
    if (waiting.size() > 1) {
      return Optional.of("HELD");
    }
    if (!unread.isEmpty()) {
      return Optional.of(unread.stream().allMatch(s -> s.way == one.way) ? newest(unread) : "HELD");
    }
    boolean late = one.ports.stream().anyMatch(p -> p.told() == port && p.request() >= one.awaited);
    if (late || one.letIn == Announcements.MAX_LET_IN) {
      return Optional.of("HELD");
    }
    one.letIn++;
    return Optional.of(one.name + " at");
  }

  private static boolean attends(Model s) {
    return s.unread > 0 || s.waits();
  }

  private static String newest(List<Model> unread) {
    return unread.stream()
        .max(Comparator.comparingInt(s -> s.unread))
        .filter(newest -> unread.stream().allMatch(s -> s.way == newest.way))
        .map(s -> s.name + " at")
        .orElse("HELD");
  }
}
