package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class CommandsEndTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void whoRunsHasNotEnded() throws Exception {
    Process process = new ProcessBuilder(List.of("sleep", "60")).start();
    try {
      assertThat(CommandsEnd.hasEnded(process.pid())).isFalse();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(CommandsEnd.hasEnded(process.pid())).isTrue();
  }

  /** As a shell's {@code out=$(culvert exec ... 2>&1)}, which reads to the end first. */
  @Test
  void whomNobodyHasAskedForItsExitStatusHasEnded() throws Exception {
    String script = "sh -c 'read go' <&3 >/dev/null & echo $!; exec 3<&-; exec sleep 60";
    Process parent =
        new ProcessBuilder(List.of("sh", "-c", "exec 3<&0 </dev/null; " + script)).start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      long child = Long.parseLong(said.readLine());
      assertThat(CommandsEnd.hasEnded(child)).isFalse();

      parent.getOutputStream().close();

      await().atMost(PATIENCE).until(() -> CommandsEnd.hasEnded(child));
      assertThat(ProcessHandle.of(child)).as("nobody has reaped it").isPresent();
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void whoseFirstThreadAloneHasEndedHasNot() throws Exception {
    String program =
        "import ctypes, threading, time; "
            + "threading.Thread(target=lambda: time.sleep(60)).start(); "
            + "print('on', flush=True); "
            + "ctypes.CDLL(None).pthread_exit(None)";
    Process process = new ProcessBuilder(List.of("python3", "-c", program)).start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("on");

      await()
          .during(Duration.ofMillis(500))
          .atMost(PATIENCE)
          .until(() -> !CommandsEnd.hasEnded(process.pid()));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
