package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How FTP jobs share sshd's sessions, and what they hear when one dies. */
@RealPeers
class SessionPoolIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Two questions, one second apart, and one second for the last answer. */
  private static final Duration NOTICED = Duration.ofSeconds(3);

  private static final Duration BUSY_MACHINE = Duration.ofSeconds(12);

  @RegisterExtension final Peers peers = new Peers().withVsftpd();

  @Test
  void aBatchWithAWrongPasswordIsOneFailedLoginAtSshd() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(peers.config(sshd))) {
      String refused = "530 culvert: SSH login as culvert-test at 127.0.0.1 refused";
      assertThat(inParallel(8, () -> replyToLogin(culvert, "wrong")))
          .allMatch(reply -> reply.startsWith(refused));
      for (int i = 0; i < 5; i++) {
        assertThat(replyToLogin(culvert, "wrong"))
            .matches(refused + " \\d+ s ago; not tried again for another \\d+ s");
      }
      assertThat(sshd.count("Failed password for culvert-test")).isEqualTo(1);

      assertThat(replyToLogin(culvert, "another")).isEqualTo(refused);
      await().atMost(DEADLINE).until(() -> sshd.count("Failed password for culvert-test") == 2);
      assertThat(replyToLogin(culvert, TestAccount.password())).startsWith("230 ");
    }
  }

  /** Fail2ban and asyncssh take a connection that just breaks for an attempt, or a fault. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"idle", "shutdown", "wrong password"})
  void sshdIsToldThatAConnectionIsNotNeededAnyMore(String why) throws Exception {
    try (RealSshd sshd = RealSshd.start()) {
      String idleTimeout = why.equals("idle") ? "0s" : "60s";
      try (Culvert culvert =
          Culvert.start(peers.config(sshd).profile("idle-timeout", idleTimeout))) {
        boolean wrong = why.equals("wrong password");
        assertThat(replyToLogin(culvert, wrong ? "wrong" : TestAccount.password()))
            .startsWith(wrong ? "530 " : "230 ");
        if (!why.equals("shutdown")) {
          awaitDisconnect(sshd);
        }
      }
      awaitDisconnect(sshd);
    }
  }

  private static void awaitDisconnect(RealSshd sshd) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(sshd.log())
                    .containsPattern(
                        "Received disconnect from 127\\.0\\.0\\.1 port \\d+:11:"
                            + " disconnected by Culvert"));
  }

  /** Or sshd drops what it has not passed on yet. */
  @Test
  void theFarewellStandsBehindTheCloseOfTheLastChannel() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(peers.config(sshd).profile("idle-timeout", "0s"))) {
      try (FtpDialogue job = culvert.login(peers.vsftpd().port())) {
        assertThat(download(culvert, job)).isEqualTo(1000);
        assertThat(job.send("QUIT")).startsWith("221 ");
      }
      awaitDisconnect(sshd);

      String untilFarewell = sshd.log().split("Received disconnect from ", 2)[0];
      assertThat(untilFarewell).containsPattern("channel \\d+: new .*direct-tcpip");
      assertThat(count(untilFarewell, "channel \\d+: free: "))
          .isEqualTo(count(untilFarewell, "channel \\d+: new "))
          .isEqualTo(2);
    }
  }

  private static long count(String log, String pattern) {
    return Pattern.compile(pattern).matcher(log).results().count();
  }

  @Test
  void withFallbackARememberedRefusalLeadsToPlaintextAtOnce() throws Exception {
    try (RealSshd sshd = RealSshd.start("DenyUsers " + TestAccount.USER);
        Culvert culvert = Culvert.start(peers.config(sshd).rule("fallback", "plain"))) {
      for (int i = 0; i < 5; i++) {
        assertThat(replyToLogin(culvert, TestAccount.password())).startsWith("230 ");
      }
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(5);
      assertThat(sshd.count("Failed password")).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "connections: {0}")
  @CsvSource({"1, 1", "2, 2", "3, 3"})
  void jobsAtTheSameTimeUseSoManyConnections(int connections, int logins) throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert =
            Culvert.start(
                peers
                    .config(sshd)
                    .profile("connections", connections)
                    .profile("idle-timeout", "60s"))) {
      List<FtpDialogue> jobs = inParallel(5, () -> culvert.login(peers.vsftpd().port()));
      assertThat(sshd.count("Accepted password")).isEqualTo(logins);
      for (FtpDialogue job : jobs) {
        assertThat(download(culvert, job)).isEqualTo(1000);
        assertThat(job.send("QUIT")).startsWith("221 ");
        job.close();
      }
      for (int i = 0; i < 5; i++) {
        assertThat(replyToLogin(culvert, TestAccount.password())).startsWith("230 ");
      }
      assertThat(sshd.count("Accepted password")).isEqualTo(logins);
    }
  }

  @Test
  void aJobOutlivesTheLifetimeOfItsConnectionAndNewOnesGetAnother() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert =
            Culvert.start(
                peers
                    .config(sshd)
                    .profile("connections", 1)
                    .profile("max-lifetime", "1s")
                    .profile("idle-timeout", "5m"));
        FtpDialogue old = culvert.login(peers.vsftpd().port())) {
      await()
          .atMost(DEADLINE)
          .until(
              () -> {
                replyToLogin(culvert, TestAccount.password());
                return sshd.count("Accepted password") >= 2;
              });
      assertThat(download(culvert, old)).isEqualTo(1000);
      assertThat(old.send("QUIT")).startsWith("221 ");
      await().atMost(DEADLINE).until(() -> sshd.sessions() == 0);
    }
  }

  @ParameterizedTest(name = "rekey-limit: {0}")
  @ValueSource(strings = {"64GiB", "64KiB"})
  void aFrozenSshdIsNoticedInTimeAndItsSessionsAreTold(String rekeyLimit) throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(impatient(sshd).profile("rekey-limit", rekeyLimit));
        FtpDialogue idle = culvert.login(peers.vsftpd().port());
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("STOR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      OutputStream out = data.getOutputStream();
      out.write(new byte[10_000]);

      sshd.freezeSessions();
      long frozen = System.nanoTime();
      out.write(new byte[300_000]); // more than the smaller limit: keys are to be exchanged now
      for (FtpDialogue each : List.of(ftp, idle)) {
        assertThat(each.reply())
            .startsWith("421 culvert: ssh server 127.0.0.1:" + sshd.port() + ": session ended: ");
        assertThat(each.atEnd()).isTrue();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - frozen))
          .isLessThan(NOTICED.plus(BUSY_MACHINE));
      assertThatThrownBy(() -> data.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");

      assertThat(replyToLogin(culvert, TestAccount.password())).startsWith("230 ");
    }
  }

  private TestConfig impatient(RealSshd sshd) throws IOException {
    return peers
        .config(sshd)
        .profile("server-alive-interval", "1s")
        .profile("server-alive-count-max", 2);
  }

  private String replyToLogin(Culvert culvert, String password) throws IOException {
    try (FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      return ftp.login(TestAccount.USER, password);
    }
  }

  private long download(Culvert culvert, FtpDialogue ftp) throws Exception {
    TestFile.create(peers.home().resolve("small"), 1000);
    try (Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/small")).startsWith("150 ");
      int length = data.getInputStream().readAllBytes().length;
      assertThat(ftp.reply()).startsWith("226 ");
      return length;
    }
  }

  private static <T> List<T> inParallel(int jobs, Callable<T> job) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(jobs);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(java.util.Collections.nCopies(jobs, job))) {
        results.add(each.get(DEADLINE.toSeconds(), TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
