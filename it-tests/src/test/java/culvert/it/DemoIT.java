package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.Signals;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert demo --once}, as a new user runs it first. */
@AnyTransport
class DemoIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int TRIES = 5;
  private static final String TAKEN = "Port 1080 is taken";

  @TempDir Path directory;

  @Test
  void everyStepWorksAndTheStoryIsTold() throws Exception {
    String story = demo();

    assertThat(story)
        .contains("client > USER demo", "client > PASS ****", "server < 230 ")
        .contains("client > STOR report.dat", "client > RETR report.dat", "client > NLST")
        .contains("NOT ENCRYPTED")
        .contains("421 culvert: ssh server 127.0.0.1:")
        .contains("Every step did what it should.")
        .doesNotContain("FAILED");
  }

  @Test
  void aTakenPortIsSaidAloudAndAnotherOneUsed() throws Exception {
    assertThat(demoBesideItsPort()).contains("Every step did what it should.");
  }

  /** Whoever has the port, this test or another program of this machine, which may give it back. */
  private String demoBesideItsPort() throws Exception {
    for (int tries = 0; tries < TRIES; tries++) {
      try (ServerSocket taken = new ServerSocket(1080, 1, InetAddress.getLoopbackAddress())) {
        String story = demo();
        assertThat(taken.isBound()).isTrue();
        assertThat(story).contains(TAKEN);
        return story;
      } catch (BindException takenByAnother) {
        String story = demo();
        if (story.contains(TAKEN)) {
          return story;
        }
      }
    }
    throw new AssertionError("port 1080 was free whenever the demo came, and never for this test");
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void signalsThatMeanNothingDoNotEndIt() throws Exception {
    ProcessBuilder builder =
        CulvertProcess.builder(List.of("demo"))
            .redirectError(directory.resolve("log").toFile())
            .redirectOutput(directory.resolve("story").toFile());
    builder.environment().put("_JAVA_SR_SIGNUM", "64");
    Process process = builder.start();
    try {
      await()
          .atMost(DEADLINE)
          .until(() -> Files.readString(directory.resolve("story")).contains("press Ctrl-C"));

      Signals.send("USR1", List.of(process.toHandle()));
      Signals.send("USR2", List.of(process.toHandle()));
      await()
          .atMost(DEADLINE)
          .until(
              () -> Files.readString(directory.resolve("log")).contains("SIGUSR2 means nothing"));

      assertThat(Files.readString(directory.resolve("log"))).contains("SIGUSR1 means nothing");
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private String demo() throws Exception {
    Process process =
        CulvertProcess.builder(List.of("demo", "--once"))
            .redirectError(directory.resolve("log").toFile())
            .start();
    try (InputStream out = process.getInputStream()) {
      String story = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(story).isZero();
      return story;
    } finally {
      process.destroyForcibly();
    }
  }
}
