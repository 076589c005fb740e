package culvert.proxy.door;

import culvert.proxy.door.WaitingClients.Nobody;
import culvert.proxy.door.WaitingClients.Source;
import culvert.proxy.relay.HomeLoop;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Counts the clients that have not got yet what they came for: the login at an FTP server, or a
 * connection that is relayed. At most so many are of one source, so that nobody who only comes and
 * waits keeps others out. Thread-safe.
 *
 * <p>A source is an {@link Origin}. Where users of this host can be found out, each of them is one,
 * from whichever of its addresses: the first few are let in without that, and as soon as more come
 * all are looked up. Those whose user cannot be found out, such as whoever has closed its socket,
 * count with every user, and are half as many at most, so that they keep nobody out who is known.
 * So nobody has more than its share, however it comes; see {@link WaitingClients}.
 */
public final class BeforeLogin {
  private static final AttributeKey<Place> PLACE = AttributeKey.valueOf(BeforeLogin.class, "place");

  private final Optional<ClientUsers> users;
  private final WaitingClients waiting; // guarded by this
  private final Set<Place> notLookedUp = new LinkedHashSet<>(); // guarded by this

  private BeforeLogin(int most, Optional<ClientUsers> users) {
    this.waiting = new WaitingClients(most);
    this.users = users;
  }

  /**
   * Where users of this host can be told apart.
   *
   * @param most of one source
   */
  public BeforeLogin(int most, ClientUsers users) {
    this(most, Optional.of(users));
  }

  /**
   * Where they cannot: all clients of this host are one source.
   *
   * @param most of one source
   */
  public BeforeLogin(int most) {
    this(most, Optional.empty());
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
    Origin origin = Origin.of(client);
    if (users.isEmpty() || !origin.isThisHost()) {
      return known(client, take(client, new Source.From(origin)).isPresent());
    }
    if (take(client, Nobody.NOT_LOOKED_UP).isPresent()) {
      return known(client, true);
    }
    Optional<Place> place = take(client, Nobody.COMING);
    if (place.isEmpty()) {
      return known(client, false);
    }
    takeNotLookedUp()
        .forEach(other -> HomeLoop.of(other.client.channel()).post(() -> lookUp(other)));
    return lookUp(place.get());
  }

  private static Future<Boolean> known(Arrival client, boolean entered) {
    return client.channel().eventLoop().newSucceededFuture(entered);
  }

  private Optional<Place> take(Arrival client, Source source) {
    Place place = new Place(client, source);
    synchronized (this) {
      if (!waiting.tryAdd(source)) {
        return Optional.empty();
      }
      if (source == Nobody.NOT_LOOKED_UP) {
        notLookedUp.add(place);
      }
    }
    client.channel().attr(PLACE).set(place);
    client.channel().closeFuture().addListener(closed -> place.leave());
    return Optional.of(place);
  }

  /** Each once. */
  private synchronized List<Place> takeNotLookedUp() {
    List<Place> places = List.copyOf(notLookedUp);
    notLookedUp.clear();
    return places;
  }

  private Future<Boolean> lookUp(Place place) {
    Promise<Boolean> entered = place.client.channel().eventLoop().newPromise();
    users
        .orElseThrow()
        .user(place.client)
        .addListener(
            (FutureListener<Optional<Object>>)
                found -> entered.setSuccess(place.isOf(found.getNow())));
    return entered;
  }

  /** It has got what it came for. Idempotent; also for channels that were never counted. */
  static void served(Channel channel) {
    Place place = channel.attr(PLACE).getAndSet(null);
    if (place != null) {
      place.leave();
    }
  }

  /** How many are counted, of all sources. */
  synchronized int waiting() {
    return waiting.total();
  }

  /** One client's. */
  private final class Place {
    private final Arrival client;
    private Source source; // guarded by the outer object
    private boolean left; // guarded by the outer object

    Place(Arrival client, Source source) {
      this.client = client;
      this.source = source;
    }

    /**
     * Counts it with that user's.
     *
     * @return false: it may not come in; who is in already stays
     */
    boolean isOf(Optional<Object> user) {
      synchronized (BeforeLogin.this) {
        if (left) {
          return true;
        }
        boolean in = source == Nobody.NOT_LOOKED_UP;
        waiting.remove(source);
        source = user.<Source>map(Source.User::new).orElse(Nobody.UNKNOWN);
        if (in) {
          waiting.add(source);
        } else {
          left = !waiting.tryAdd(source);
        }
        return !left;
      }
    }

    void leave() {
      synchronized (BeforeLogin.this) {
        if (!left) {
          left = true;
          waiting.remove(source);
          notLookedUp.remove(this);
        }
      }
    }
  }
}
