package culvert.it.compat;

import culvert.it.peers.TestAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program by which whatever user it runs as does what every client can, without a word of a
 * proxy. It tells of each task in a line: {@code pass}, {@code cannot} or {@code failed}, the
 * client, the mode, the task and a text, with tabs between them. The text is the name of what was
 * uploaded, or a reason.
 */
public final class UnawareErrands {
  private static final int AT_ONCE = 3;
  private static final int DEADLINE_SECONDS = 90;

  private final String server;
  private final String host;
  private final int fast;
  private final int slow;
  private final String folder;
  private final Path files;

  private UnawareErrands(String... arguments) {
    server = arguments[0];
    host = arguments[1];
    fast = Integer.parseInt(arguments[2]);
    slow = Integer.parseInt(arguments[3]);
    folder = arguments[4];
    files = Path.of(arguments[5]);
  }

  /**
   * Does it all.
   *
   * @param arguments the server's name, its address, its port, another one where downloads take
   *     long, the directory there and the one here that have large, medium and small; the account's
   *     password is in the environment, as PASSWORD
   */
  public static void main(String[] arguments) throws Exception {
    UnawareErrands errands = new UnawareErrands(arguments);
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    Map<Errand, Future<String>> running = new LinkedHashMap<>();
    for (FtpClientProgram client : Clients.UNAWARE) {
      for (Mode mode : List.of(Mode.PASSIVE, Mode.ACTIVE)) {
        for (Task task : List.of(Task.UPLOAD, Task.DOWNLOAD, Task.LIST, Task.ABORT)) {
          Errand errand = new Errand(client, mode, task);
          running.put(errand, threads.submit(() -> errands.done(errand)));
        }
      }
    }
    for (Map.Entry<Errand, Future<String>> one : running.entrySet()) {
      System.out.println(awaited(one.getKey(), one.getValue()));
    }
    System.out.flush();
    Runtime.getRuntime().halt(0); // whatever still runs
  }

  private static String awaited(Errand errand, Future<String> done) throws Exception {
    try {
      return done.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return line("failed", errand, "still running after " + DEADLINE_SECONDS + " s");
    }
  }

  private String done(Errand errand) {
    Optional<String> reason = reason(errand);
    if (reason.isPresent()) {
      return line("cannot", errand, reason.get());
    }
    String uploaded = (errand.client().name() + "-" + errand.mode()).replaceAll("\\W+", "-");
    try {
      Path work = Files.createTempDirectory("work-");
      try {
        errand.run(site(errand, work), files, uploaded);
        return line("pass", errand, errand.task() == Task.UPLOAD ? uploaded : "");
      } catch (Exception | Error e) {
        return line("failed", errand, e + " " + Session.allSaidIn(work));
      } finally {
        TestAccount.delete(work);
      }
    } catch (Exception e) {
      return line("failed", errand, e.toString());
    }
  }

  private Optional<String> reason(Errand errand) {
    if (host.indexOf(':') >= 0 && !errand.client().knowsIpv6()) {
      return Optional.of(errand.client().name() + " knows no IPv6");
    }
    return errand.client().cannot(server, errand.mode(), errand.task()).map(Reason::fact);
  }

  private Site site(Errand errand, Path work) {
    return new Site(
        0,
        host,
        errand.task() == Task.ABORT ? slow : fast,
        TestAccount.USER,
        System.getenv("PASSWORD"),
        folder,
        work);
  }

  private static String line(String what, Errand errand, String text) {
    return String.join(
        "\t",
        what,
        errand.client().name(),
        errand.mode().shown(),
        errand.task().shown(),
        text.replaceAll("\\s+", " "));
  }
}
