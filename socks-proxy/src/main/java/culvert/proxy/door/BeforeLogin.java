package culvert.proxy.door;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the clients that have not got yet what they came for: the login at an FTP server, or a
 * connection that is relayed. At most so many are of one source, so that nobody who only comes and
 * waits keeps others out. Thread-safe.
 *
 * <p>A source is an {@link Origin}. Where many come from this host, each is counted with the other
 * clients of its user; those whose user cannot be found out, such as whoever has closed its socket,
 * are counted together, and keep nobody out who is known.
 */
public final class BeforeLogin {
  private static final AttributeKey<Place> PLACE = AttributeKey.valueOf(BeforeLogin.class, "place");

  /** Looking users up takes some milliseconds, for however many clients at once. */
  private static final int CROWD = 8;

  private final int most;
  private final ClientUsers users;
  private final Map<Origin, Integer> waiting = new HashMap<>(); // guarded by this

  /**
   * @param most of one source
   */
  public BeforeLogin(int most, ClientUsers users) {
    this.most = most;
    this.users = users;
  }

  /** Finds out which user of this host a client is. */
  @FunctionalInterface
  public interface ClientUsers {

    /**
     * Asked on the channel's loop, where the future completes, which never fails; empty: unknown.
     */
    Future<Optional<Object>> user(Arrival client);
  }

  /**
   * Counts the client until it is {@link #served}, or its channel closes. On the channel's loop.
   *
   * @return false: there are too many already; complete, unless its user has to be found out
   */
  Future<Boolean> enter(Arrival client) {
    Origin source = Origin.of(client);
    int present = add(source);
    if (present > most) {
      remove(source);
      return client.channel().eventLoop().newSucceededFuture(false);
    }
    Place place = new Place(source);
    client.channel().attr(PLACE).set(place);
    client.channel().closeFuture().addListener(closed -> place.leave());
    if (present <= most / CROWD || !source.isThisHost()) {
      return client.channel().eventLoop().newSucceededFuture(true);
    }
    Promise<Boolean> entered = client.channel().eventLoop().newPromise();
    users
        .user(client)
        .addListener(
            (FutureListener<Optional<Object>>)
                found -> entered.setSuccess(place.moveTo(source.identified(found.getNow()))));
    return entered;
  }

  /** It has got what it came for. Idempotent; also for channels that were never counted. */
  static void served(Channel channel) {
    Place place = channel.attr(PLACE).getAndSet(null);
    if (place != null) {
      place.leave();
    }
  }

  private synchronized int add(Origin source) {
    return waiting.merge(source, 1, Integer::sum);
  }

  private synchronized void remove(Origin source) {
    waiting.computeIfPresent(source, (s, count) -> count == 1 ? null : count - 1);
  }

  /** How many are counted, of all sources. */
  synchronized int waiting() {
    return waiting.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One client's. */
  private final class Place {
    private Origin source; // guarded by this
    private boolean left; // guarded by this

    Place(Origin source) {
      this.source = source;
    }

    synchronized boolean moveTo(Origin other) {
      if (left) {
        return true;
      }
      remove(source);
      source = other;
      if (add(other) <= most) {
        return true;
      }
      leave();
      return false;
    }

    synchronized void leave() {
      if (!left) {
        left = true;
        remove(source);
      }
    }
  }
}
