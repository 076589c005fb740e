package culvert.proxy.audit;

import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.RefusedClients;
import culvert.proxy.event.TakenRoute;
import io.netty.util.NetUtil;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Tells the audit trail of clients that a front door has refused: the first of one kind and origin
 * at once, and those that follow once a minute with their number, so that a flood fills no disk.
 * Thread-safe.
 */
final class AuditedDoors implements RefusedClients {
  /** Each has one event a minute at most. */
  private static final int MOST_KINDS = 64;

  private static final String ANYBODY = "";

  private final Map<Kind, Untold> recent = new LinkedHashMap<>(); // guarded by this
  private final Consumer<Fields> log;
  private final Executor later;

  /** What is told together. */
  private record Kind(String listener, Object origin, String why) {}

  /** Those of one kind that have not been told of. */
  private static final class Untold {
    private RefusedClient last;
    private long count;

    Untold(RefusedClient last) {
      this.last = last;
    }
  }

  /**
   * @param later runs a task in a minute
   */
  AuditedDoors(Consumer<Fields> log, Executor later) {
    this.log = log;
    this.later = later;
  }

  @Override
  public void refused(RefusedClient client) {
    why(client.failure()).ifPresent(why -> refused(client, why));
  }

  private synchronized void refused(RefusedClient client, String why) {
    Kind kind = new Kind(client.listener(), client.origin(), why);
    if (!recent.containsKey(kind) && recent.size() >= MOST_KINDS) {
      kind = new Kind(client.listener(), ANYBODY, why);
    }
    Untold untold = recent.get(kind);
    if (untold == null) {
      recent.put(kind, new Untold(client));
      tell(client, why, 1);
      await(kind);
    } else {
      untold.last = client;
      untold.count++;
    }
  }

  private void await(Kind kind) {
    later.execute(() -> minuteIsOver(kind));
  }

  private synchronized void minuteIsOver(Kind kind) {
    if (tellRest(kind)) {
      await(kind);
    } else {
      recent.remove(kind);
    }
  }

  /** Whether there were any. */
  private boolean tellRest(Kind kind) {
    Untold untold = recent.get(kind);
    if (untold == null || untold.count == 0) {
      return false;
    }
    tell(untold.last, kind.why(), untold.count);
    untold.count = 0;
    return true;
  }

  /** No more will come: tells of those that have. */
  synchronized void close() {
    recent.keySet().forEach(this::tellRest);
    recent.clear();
  }

  private void tell(RefusedClient client, String why, long count) {
    log.accept(
        new Fields()
            .put("listener", client.listener())
            .put(
                "client",
                new Fields()
                    .put("address", NetUtil.toAddressString(client.address().getAddress()))
                    .map())
            .put("route", TakenRoute.REFUSED.toString())
            .put("why", why)
            .put("count", count)
            .put("detail", client.detail()));
  }

  /** Empty: it has left, or spoken something else, and nobody has refused it anything. */
  private static Optional<String> why(HandshakeFailure failure) {
    return switch (failure) {
      case TOO_MANY_CONNECTIONS -> Optional.of("limit");
      case ADDRESS_NOT_ALLOWED -> Optional.of("allow-from");
      case NOT_AUTHENTICATED -> Optional.of("socks-login");
      default -> Optional.empty();
    };
  }
}
