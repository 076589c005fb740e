package culvert.it.nemesis;

import culvert.it.peers.CurlClient;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Does jobs and judges their outcomes: a client that has to take a file for whole has the right
 * one, and what it uploaded is on the server; everything else is an error that it sees, in time.
 */
final class Checker {
  /**
   * What the configuration allows a job to wait, the longest hold of the nemesis, and that over
   * again, since one job can be hit several times; a busy machine has the rest. Shorter than the
   * minute after which curl gives up by itself.
   */
  private static final Duration DEADLINE =
      Site.CONNECT.plus(Site.LOGIN).plus(Site.SILENCE).multipliedBy(2).plusSeconds(20);

  private static final int CURL_TIMED_OUT = 28;

  private final Site site;
  private final ScheduledExecutorService timer;

  Checker(Site site, ScheduledExecutorService timer) {
    this.site = site;
    this.timer = timer;
  }

  /** Returns what the client saw, which was in order. */
  Outcome check(Job job) throws Violation, IOException {
    Path arrived = site.home().resolve(job.name());
    try (Watchdog watchdog = new Watchdog(timer, DEADLINE)) {
      Outcome outcome = job.curl() ? curl(job) : script(job, watchdog);
      watchdog.assertQuiet();
      if (outcome.whole().isPresent()) {
        judge(job, outcome.whole().get(), arrived);
      }
      return outcome;
    } finally {
      Files.deleteIfExists(arrived);
    }
  }

  private static void judge(Job job, Sha256 believed, Path arrived) throws Violation, IOException {
    if (!job.upload()) {
      expect("a download with 226 and FIN", believed, job.file().content());
    } else if (!Files.exists(arrived)) {
      throw new Violation("an upload with 226 is not on the server");
    } else {
      if (job.behaviour() != Behaviour.CLOSES) {
        expect("an upload of the client", believed, job.file().content());
      }
      expect("an upload with 226", Sha256.of(arrived), believed);
    }
  }

  private static void expect(String what, Sha256 found, Sha256 expected) throws Violation {
    if (!found.equals(expected)) {
      throw new Violation(what + " is " + found + ", expected " + expected);
    }
  }

  private Outcome script(Job job, Watchdog watchdog) throws Violation {
    String path = site.home().getFileName() + "/" + (job.upload() ? job.name() : source(job));
    return new ScriptedClient(job, path, Socks5.through(site.culvert().port())).run(watchdog);
  }

  private Outcome curl(Job job) throws Violation {
    CurlClient curl = curl(site.culvert().port(), job.mode());
    List<String> arguments = new ArrayList<>();
    if (job.blindly()) {
      arguments.add("--ignore-content-length");
    }
    if (job.upload()) {
      arguments.addAll(List.of("--upload-file", job.file().path().toString()));
    }
    arguments.add(url(job));
    long start = System.nanoTime();
    Run<Sha256> run = curl.digest(arguments.toArray(String[]::new));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    // In active mode curl calls a 425 to EPRT a timeout, too.
    if (run.exitCode() == CURL_TIMED_OUT && took.compareTo(DEADLINE) >= 0) {
      throw new Violation("hang: " + run.errors());
    }
    Sha256 transferred = job.upload() ? job.file().content() : run.output();
    return run.exitCode() == 0
        ? new Outcome(Optional.of(transferred), "whole")
        : Outcome.error(run.errors().strip());
  }

  private static CurlClient curl(int port, Mode mode) {
    return CurlClient.through("--socks5-hostname", port, TestAccount.USER, TestAccount.password())
        .with(mode.curlOptions().toArray(String[]::new));
  }

  private String url(Job job) {
    return "ftp://127.0.0.1:%d/%s/%s"
        .formatted(
            job.server().port(),
            site.home().getFileName(),
            job.upload() ? job.name() : source(job));
  }

  private static Path source(Job job) {
    return job.file().path().getFileName();
  }
}
