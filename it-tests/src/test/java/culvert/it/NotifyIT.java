package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.RealPeers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A unit of Type=notify: systemd hears of what the main process itself tells. */
@EnabledOnOs(OS.LINUX)
@RealPeers
@AnyTransport
class NotifyIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Prints, as systemd sees it, who sends what. */
  private static final String SYSTEMD =
      """
      import socket, struct, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
      s.bind(sys.argv[1])
      print("bound", flush=True)
      while True:
          data, extra, flags, sender = s.recvmsg(4096, 1000)
          pid = struct.unpack("iii", extra[0][2])[0]
          print(pid, data.decode().replace("\\n", " "), flush=True)
      """;

  @TempDir private Path directory;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @Test
  void theMainProcessTellsOfItsStartItsReloadAndItsEnd() throws Exception {
    Path config = directory.resolve("culvert.yaml");
    Files.writeString(
        config,
        """
        listeners: [{ name: socks, socks: '127.0.0.1:0' }]
        pin-tunnelled: false
        audit: off
        """);
    Path socket = directory.resolve("notify");
    Process systemd =
        new ProcessBuilder("python3", "-c", SYSTEMD, socket.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Thread reader = new Thread(() -> listenTo(systemd), "systemd");
      reader.setDaemon(true);
      reader.start();
      await("the socket").atMost(DEADLINE).until(() -> heard.contains("bound"));
      try (CulvertProcess culvert =
          CulvertProcess.run(
              Map.of("NOTIFY_SOCKET", socket.toString()), config, directory.resolve("log"))) {
        heard("READY=1 STATUS=socks 127.0.0.1:" + culvert.port(), 2);
        culvert.signal("HUP");
        heard("READY=1 STATUS=socks 127.0.0.1:" + culvert.port(), 4);
        assertThat(heard.get(2)).contains(" RELOADING=1 MONOTONIC_USEC=");
        culvert.signal("TERM");
        assertThat(culvert.exitCode()).as(culvert.log()).isZero();
        heard("STOPPING=1 STATUS=", 5);
        assertThat(heard.subList(1, 5)).allMatch(line -> line.startsWith(culvert.pid() + " "));
      }
    } finally {
      systemd.destroyForcibly();
    }
  }

  private void heard(String message, int number) {
    await(message).atMost(DEADLINE).until(() -> heard.size() >= number);
    assertThat(heard.get(number - 1)).contains(" " + message);
  }

  private void listenTo(Process systemd) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(systemd.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
