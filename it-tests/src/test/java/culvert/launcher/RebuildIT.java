package culvert.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.peers.Socks5;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Another build takes nothing away from a Culvert that runs. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "flock tells who runs")
@AnyTransport
class RebuildIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Pattern READY =
      Pattern.compile("culvert ready: socks 127\\.0\\.0\\.1:(\\d+)");

  @TempDir private Path directory;

  @Test
  void aTransferEndsWholeAndSignalsWorkWhileTheSourcesChangeAndAreBuilt() throws Exception {
    LauncherTree tree = new LauncherTree(directory);
    Path config = directory.resolve("culvert.yaml");
    Files.writeString(config, config("direct"));
    Process daemon = tree.start("daemon", "run");
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socks5 socks = Socks5.through(readyPort(tree));
      List<Path> first = tree.folders();
      try (Socket client = socks.connect("127.0.0.1", listener.getLocalPort());
          Socket server = listener.accept()) {
        server.getOutputStream().write("first ".getBytes(UTF_8));

        tree.changeSource("second");
        assertThat(tree.launch("check").exitCode()).isZero();
        assertThat(tree.folders()).as("one that runs stays").hasSize(2).containsAll(first);

        Files.writeString(config, config("block"));
        signal(daemon, "USR2"); // which the launcher has taken from HotSpot
        signal(daemon, "HUP");
        await("the reload")
            .atMost(DEADLINE)
            .until(() -> socks.code("127.0.0.1", listener.getLocalPort()) == 2);
        signal(daemon, "TERM");
        server.getOutputStream().write("second".getBytes(UTF_8));
        server.shutdownOutput();
        assertThat(rest(client)).isEqualTo("first second");
      }

      assertThat(daemon.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(daemon.exitValue()).as(tree.read("daemon.err")).isZero();
      assertThat(tree.read("daemon.err"))
          .contains("stopped")
          .doesNotContain("NoClassDefFoundError");
      tree.launch("--version");
      assertThat(tree.folders()).hasSize(1).doesNotContainAnyElementsOf(first);
      assertThat(tree.buildCount()).isEqualTo(2);
    } finally {
      daemon.destroyForcibly();
    }
  }

  private static String config(String action) {
    return """
        listeners: [{ name: socks, socks: "127.0.0.1:0" }]
        default-action: %s
        pin-tunnelled: false
        audit: off
        """
        .formatted(action);
  }

  private static int readyPort(LauncherTree tree) {
    await("ready").atMost(DEADLINE).until(() -> READY.matcher(tree.read("daemon.out")).find());
    try {
      Matcher ready = READY.matcher(tree.read("daemon.out"));
      return ready.find() ? Integer.parseInt(ready.group(1)) : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String rest(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), UTF_8);
  }

  private static void signal(Process process, String name) throws Exception {
    List<String> command = List.of("kill", "-" + name, Long.toString(process.pid()));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }
}
