package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert demo --once}, as a new user runs it first. */
@AnyTransport
class DemoIT {
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
    try (ServerSocket taken = takePort1080()) {
      assertThat(demo()).contains("Port 1080 is taken").contains("Every step did what it should.");
      assertThat(taken.isBound()).isTrue();
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

  /** Somebody else's socket is as good as ours. */
  private static ServerSocket takePort1080() throws Exception {
    try {
      return new ServerSocket(1080, 1, InetAddress.getLoopbackAddress());
    } catch (java.net.BindException already) {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
  }
}
