package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reader of the log who stalls stops nobody else. */
@AnyTransport
@EnabledOnOs(OS.LINUX)
class UnreadLogIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int JOBS = 150;
  private static final int MOST_COMMANDS = 50_000;
  private static final int PIPE = 60_000; // of 65,536 that Linux keeps
  private static final Pattern SAID = Pattern.compile("(\\d+) lines? of the log w(?:as|ere) lost");

  @RegisterExtension final Peers peers = new Peers();
  private final AdminPort admin = new AdminPort(FreePorts.next());
  private EmbeddedFtpServer ftpServer;
  private TestConfig config;

  @BeforeEach
  void start() throws IOException {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    Files.writeString(ftpServer.root().resolve("file"), "content");
    EmbeddedSshServer sshServer = peers.add(EmbeddedSshServer.start(USERS));
    config =
        TestConfig.tunnel(
                peers.directory(), sshServer.port(), ftpServer.port(), sshServer.knownHostsLine())
            .top("admin", admin);
  }

  @Test
  void jobsGoOnAndWhatIsLostIsCountedAndSaid() throws Exception {
    try (CulvertProcess culvert = CulvertProcess.runIntoPipe(config.write(), "-vv")) {
      fill(culvert);
      for (int i = 0; i < JOBS; i++) {
        job(culvert);
      }
      assertThat(admin.get("/health").statusCode()).isEqualTo(200);
      long dropped = dropped();

      List<String> lines = new CopyOnWriteArrayList<>();
      Thread reader = new Thread(() -> read(culvert, lines));
      reader.start();
      await("the log says what it has lost").atMost(DEADLINE).until(() -> said(lines) >= dropped);
      job(culvert);
      await("the log goes on")
          .atMost(DEADLINE)
          .until(() -> lines.get(lines.size() - 1).contains("DEBUG"));

      culvert.signal("TERM");
      assertThat(culvert.exitCode()).isZero();
      reader.join(DEADLINE.toMillis());
      assertThat(said(lines)).as("in the whole log").isGreaterThanOrEqualTo(dropped);
      assertThat(lines.get(lines.size() - 1)).endsWith("stopped");
    }
  }

  @Test
  void aProcessEndsThoughNobodyReadsItsLog() throws Exception {
    try (CulvertProcess culvert = CulvertProcess.runIntoPipe(config.write(), "-vv")) {
      while (culvert.pipe().available() < PIPE) {
        job(culvert);
      }
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).isZero();
    }
  }

  /** Until lines are lost. */
  private void fill(CulvertProcess culvert) throws Exception {
    try (FtpDialogue ftp = Socks5.through(culvert.port()).ftp("127.0.0.1", ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      for (int i = 0; i < MOST_COMMANDS && (i % 200 > 0 || dropped() == 0); i++) {
        assertThat(ftp.send("NOOP")).startsWith("200 ");
      }
    }
    assertThat(dropped()).isPositive();
  }

  private void job(CulvertProcess culvert) throws IOException {
    Socks5 socks = Socks5.through(culvert.port());
    try (FtpDialogue ftp = socks.ftp("127.0.0.1", ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      try (Socket data = socks.connect("127.0.0.1", ftp.passivePort())) {
        assertThat(ftp.send("RETR file")).startsWith("150 ");
        assertThat(data.getInputStream().readAllBytes()).hasSize("content".length());
      }
      assertThat(ftp.reply()).startsWith("226 ");
      assertThat(ftp.send("QUIT")).startsWith("221 ");
    }
  }

  private long dropped() throws Exception {
    return (long) admin.scrape().number("culvert_log_dropped_total");
  }

  private static long said(List<String> lines) {
    return lines.stream()
        .map(SAID::matcher)
        .filter(Matcher::find)
        .mapToLong(said -> Long.parseLong(said.group(1)))
        .sum();
  }

  private static void read(CulvertProcess culvert, List<String> lines) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(culvert.pipe(), StandardCharsets.UTF_8))) {
      in.lines().forEach(lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
