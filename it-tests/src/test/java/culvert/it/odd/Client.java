package culvert.it.odd;

import culvert.it.peers.Run;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real client that does one job: {@code SITE X}, whatever the answer, {@code CWD folder}, a
 * download of {@value #DOWN}, an upload to {@value #UP}, each of it as far as it can.
 */
enum Client {
  CURL {
    @Override
    List<String> command(Job job) throws IOException {
      List<String> command =
          new ArrayList<>(job.mode() == Mode.LISTENER ? job.socksified() : List.of());
      command.addAll(List.of("curl", "--disable", "--silent", "--show-error", "--fail-early"));
      command.addAll(transfer(job, "--output", job.file(DOWN).toString(), DOWN));
      command.add("--next");
      command.addAll(transfer(job, "--upload-file", job.file(UP).toString(), UP));
      return command;
    }

    private List<String> transfer(Job job, String option, String file, String name) {
      List<String> command = new ArrayList<>(List.of("--quote", "*SITE X", option, file));
      command.addAll(List.of("--user", job.user() + ":" + job.password()));
      if (job.hasProxySetting()) {
        command.addAll(List.of("--socks5-hostname", "127.0.0.1:" + job.socksPort()));
      }
      if (job.mode() == Mode.LISTENER) {
        command.addAll(List.of("--disable-epsv", "--no-ftp-skip-pasv-ip"));
      }
      command.add(job.url(FOLDER + "/" + name));
      return command;
    }
  },

  LFTP {
    @Override
    List<String> command(Job job) throws IOException {
      return job.socksified("lftp", "--norc", "-c", String.join("; ", script(job)));
    }

    private List<String> script(Job job) {
      return List.of(
          "set net:timeout 30",
          "set net:max-retries 1",
          "set net:reconnect-interval-base 1",
          "set ftp:passive-mode yes",
          "set ftp:auto-passive-mode no",
          "set ftp:prefer-epsv " + job.epsv(),
          "set ftp:sync-mode " + !job.pipelines(),
          "set ftp:fix-pasv-address " + (job.mode() != Mode.LISTENER),
          "set ftp:ssl-allow no",
          "open -u %s,%s -p %d %s".formatted(job.user(), job.password(), job.port(), job.host()),
          "site X",
          "set cmd:fail-exit yes",
          "cd " + FOLDER,
          "get %s -o %s".formatted(DOWN, job.file(DOWN)),
          "put %s -o %s".formatted(job.file(UP), UP));
    }
  },

  WGET {
    @Override
    boolean uploads() {
      return false;
    }

    @Override
    boolean sends(String verb) {
      return !verb.equals("SITE") && !verb.equals("EPSV"); // over IPv4
    }

    @Override
    List<String> command(Job job) throws IOException {
      return job.socksified(
          "wget",
          "--no-config",
          "--no-verbose",
          "--tries=1",
          "--timeout=30",
          "--user=" + job.user(),
          "--password=" + job.password(),
          "--output-document=" + job.file(DOWN),
          job.url(FOLDER + "/" + DOWN));
    }
  },

  FTPLIB {
    @Override
    List<String> command(Job job) throws IOException {
      return Ftplib.command(
          job,
          job.epsv() ? "extended" : "as announced",
          "ask SITE X",
          "cwd " + FOLDER,
          "get %s %s".formatted(DOWN, job.file(DOWN)),
          "put %s %s".formatted(UP, job.file(UP)));
    }
  };

  static final String DOWN = "down";
  static final String UP = "up";
  static final String FOLDER = "folder";

  private static final Duration DEADLINE = Duration.ofSeconds(150);

  boolean uploads() {
    return true;
  }

  /** Whether it sends a command that not all clients send. */
  boolean sends(String verb) {
    return !verb.equals("SYST") || this == LFTP;
  }

  /** Does the job; it has its own, shorter deadlines. */
  Run<String> run(Job job) throws IOException {
    return Run.text(DEADLINE, job.bounded(command(job)));
  }

  abstract List<String> command(Job job) throws IOException;

  /** Python's ftplib told step by step: see {@code odd_client.py}. */
  static final class Ftplib {
    private Ftplib() {}

    static Run<String> run(Job job, String... steps) throws IOException {
      return Run.text(DEADLINE, job.bounded(command(job, steps)));
    }

    static List<String> command(Job job, String... steps) throws IOException {
      List<String> command =
          new ArrayList<>(job.mode() == Mode.LISTENER ? job.socksified() : List.of());
      command.addAll(
          List.of(
              "/usr/bin/python3",
              script().toString(),
              job.hasProxySetting() ? Integer.toString(job.socksPort()) : "none",
              job.host(),
              Integer.toString(job.port()),
              job.user(),
              job.password()));
      command.addAll(List.of(steps));
      return command;
    }

    private static Path script() {
      try {
        return Path.of(Client.class.getResource("odd_client.py").toURI());
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
