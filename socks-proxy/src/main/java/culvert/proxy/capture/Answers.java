package culvert.proxy.capture;

import culvert.config.RedirectPorts;
import culvert.proxy.door.HostAddress;
import culvert.proxy.upstream.KeptAnswers;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has clients' answers stay on this host that are addressed to others: fills the {@link
 * AnswersTable}, which is there only while it is needed. Thread-safe; {@link #keep} and {@link
 * #release} do not block.
 */
final class Answers implements KeptAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** For so long one may still answer to a connection that is closed: with an end, or a reset. */
  private static final Duration LATE = Duration.ofMinutes(1);

  private final AnswerRoutes routes;
  private final Predicate<InetAddress> forwarded;
  private final CapturedWays kept =
      new CapturedWays(AnswersTable.TABLE, AnswersTable.SETS); // also the lock of what follows
  private final CapturedWays own = new CapturedWays(AnswersTable.OWN, AnswersTable.SETS);
  private @Nullable NftSession nft;
  private boolean made;
  private long lastNeeded;

  /**
   * @param forwarded whose address is another host's, and who is captured on the way to others
   */
  Answers(CaptureHost host, Predicate<InetAddress> forwarded) {
    this.forwarded = forwarded;
    routes = new AnswerRoutes(host);
  }

  /**
   * Begins. Blocks.
   *
   * @param present whether anybody is captured yet: then the route is set up
   */
  void begin(NftSession session, RedirectPorts listeners, boolean present) {
    if (present) {
      addRoutes(listeners);
    } else {
      routes.look(listeners); // nobody is captured, which is what is told
    }
    synchronized (kept) {
      nft = session;
      session.run(TableCommands.removed(AnswersTable.TABLE)); // of one that was killed
    }
  }

  /** Whether the route was there for everybody when somebody looked last. Does not block. */
  boolean haveRoutes(RedirectPorts listeners) {
    return routes.work(listeners);
  }

  /** Sets the route up where it is not. Blocks. */
  void addRoutes(RedirectPorts listeners) {
    boolean had = haveRoutes(listeners);
    told(routes.begin(listeners));
    if (!had && haveRoutes(listeners)) {
      LOG.info("capture: in active mode data comes from the FTP server's own address");
    }
  }

  private static void told(List<String> problems) {
    problems.forEach(problem -> LOG.warn("capture: {}{}", AnswerRoutes.WITHOUT, problem));
  }

  @Override
  public Future<Void> keep(Between connection, EventExecutor loop) {
    InetAddress client = connection.destination().getAddress();
    if (forwarded.test(client)) {
      return loop.newSucceededFuture(null); // the rules for other hosts keep all that is a socket's
    }
    Optional<String> problem = routes.problem(IpFamily.of(client));
    if (problem.isPresent() || !HostAddress.isThisHost(client)) {
      return loop.newFailedFuture(
          new SocketException(problem.orElse("the client is on another host")));
    }
    SetElement element = SetElement.of(connection);
    Promise<Void> done = loop.newPromise();
    entered(element)
        .whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                done.setSuccess(null);
              } else {
                failed(element);
                done.setFailure(failure);
              }
            });
    return done;
  }

  private CompletableFuture<Void> entered(SetElement element) {
    synchronized (kept) {
      NftSession present = nft;
      if (present == null) {
        return CompletableFuture.failedFuture(new SocketException("Culvert begins, or ends"));
      }
      List<String> commands = new ArrayList<>(own.open(element));
      commands.addAll(kept.open(element));
      List<String> all = made ? commands : whole();
      made = true;
      return present.run(all);
    }
  }

  /** For an nft in place of one that has ended, and with it what it owned. */
  List<String> restored() {
    synchronized (kept) {
      return made ? whole() : List.of();
    }
  }

  private List<String> whole() {
    List<String> commands = new ArrayList<>(AnswersTable.made());
    commands.addAll(own.all());
    commands.addAll(kept.all());
    return commands;
  }

  /** Perhaps somebody has taken the table away. */
  private void failed(SetElement element) {
    synchronized (kept) {
      kept.failed(element);
      own.failed(element);
      made = false;
    }
  }

  @Override
  public void release(Between connection) {
    if (forwarded.test(connection.destination().getAddress())) {
      return;
    }
    synchronized (kept) {
      NftSession present = nft;
      if (present != null) {
        SetElement element = SetElement.of(connection);
        present.run(own.giveUp(element, LATE.toSeconds()));
        present.run(kept.giveUp(element, LATE.toSeconds()));
        lastNeeded = System.nanoTime();
      }
    }
  }

  /** Takes the table away when nobody has needed it for long. */
  void tidy() {
    synchronized (kept) {
      NftSession present = nft;
      boolean late = System.nanoTime() - lastNeeded < LATE.toNanos();
      if (present != null && made && kept.isEmpty() && !late) {
        present.run(TableCommands.removed(AnswersTable.TABLE));
        present.run(TableCommands.removedOwn(AnswersTable.OWN));
        made = false;
      }
    }
  }

  /**
   * Takes all of it away. Blocks.
   *
   * @param own whether the route goes, too
   */
  void end(boolean own) {
    CompletableFuture<Void> removed = CompletableFuture.completedFuture(null);
    synchronized (kept) {
      if (nft != null && made) {
        removed = nft.run(TableCommands.removed(AnswersTable.TABLE));
      }
      nft = null;
    }
    removed.exceptionally(failure -> null).join();
    if (own) {
      routes.end();
    }
  }
}
