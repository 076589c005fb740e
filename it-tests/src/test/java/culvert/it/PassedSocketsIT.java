package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.it.peers.RealPeers;
import io.netty.util.NetUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Listening sockets that are passed to Culvert as systemd does it. Who connects to them directly
 * was not captured, and is reset: that is how it is seen that Culvert has them.
 */
@EnabledOnOs(OS.LINUX)
@RealPeers
@AnyTransport
class PassedSocketsIT {
  private static final int DEADLINE_SECONDS = 60;
  private static final int WAITS_MILLIS = 500;

  /** Has three sockets, one of them for UDP, and passes as many as it is told to. */
  private static final String SYSTEMD =
      """
      import os, signal, socket, sys
      sockets = []
      for family, where in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
          s = socket.socket(family)
          s.bind((where, 0))
          s.listen(16)
          sockets.append(s)
      sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
      print(sockets[0].getsockname()[1], sockets[1].getsockname()[1], flush=True)
      for line in sys.stdin:
          order, number = line.split()
          if order == "blocking":
              for s in sockets:
                  s.setblocking(number == "1")
          elif order == "pass":
              child = os.fork()
              if child == 0:
                  os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=number)
                  for i, s in enumerate(sockets):
                      os.dup2(s.fileno(), 50 + i, inheritable=False)
                  for i in range(int(number)):
                      os.dup2(50 + i, 3 + i)
                  os.execvp(sys.argv[1], sys.argv[1:])
          elif order == "end":
              if number != "0":
                  os.kill(child, int(number))
              print("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
      os.kill(child, signal.SIGKILL)
      """;

  @TempDir private Path directory;
  private Process systemd;
  private BufferedReader said;
  private int port;
  private int port6;

  @BeforeEach
  void start() throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", "-c", SYSTEMD));
    command.addAll(
        CulvertProcess.builder(List.of("run", "-c", directory.resolve("c.yaml").toString()))
            .command());
    systemd = new ProcessBuilder(command).redirectError(log().toFile()).start();
    said =
        new BufferedReader(new InputStreamReader(systemd.getInputStream(), StandardCharsets.UTF_8));
    String[] ports = line().split(" ", -1);
    port = Integer.parseInt(ports[0]);
    port6 = Integer.parseInt(ports[1]);
    order("blocking 0");
  }

  @AfterEach
  void end() throws Exception {
    systemd.getOutputStream().close();
    if (!systemd.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      systemd.destroyForcibly();
    }
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void order(String order) throws IOException {
    systemd.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
    systemd.getOutputStream().flush();
  }

  private String line() throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf(said.readLine());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private void configure(String... listeners) throws IOException {
    Files.writeString(
        directory.resolve("c.yaml"),
        "listeners: [" + String.join(", ", listeners) + "]\npin-tunnelled: false\naudit: off\n");
  }

  private String v4() {
    return "{ redirect: 127.0.0.1:" + port + ", systemd-socket: true }";
  }

  private String v6() {
    return "{ redirect: '[::1]:" + port6 + "', systemd-socket: true }";
  }

  private void assertRefusedWith(String passed, String message) throws Exception {
    order(passed);
    order("end 0");
    assertThat(line()).isEqualTo("exit 1");
    assertThat(Files.readString(log())).contains(message);
  }

  private static void assertReset(Socket client) {
    assertThatThrownBy(
            () -> {
              client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
              client.getInputStream().read();
            })
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void whoComesWhileCulvertDoesNotRunWaitsAndNobodyElseGetsThePort() throws Exception {
    configure(v6(), v4());
    order("pass 2");
    assertThat(line())
        .isEqualTo(
            "culvert ready: redirect [::1]:%d, redirect 127.0.0.1:%d".formatted(port6, port));
    try (Socket client = new Socket(NetUtil.LOCALHOST4, port);
        Socket client6 = new Socket(NetUtil.LOCALHOST6, port6)) {
      assertReset(client);
      assertReset(client6);
    }
    order("end 15");
    assertThat(line()).isEqualTo("exit 0");

    assertThatThrownBy(() -> new ServerSocket(port, 1, NetUtil.LOCALHOST4))
        .isInstanceOf(BindException.class);
    assertThatThrownBy(() -> new ServerSocket(port)).isInstanceOf(BindException.class);
    try (Socket client = new Socket(NetUtil.LOCALHOST4, port)) {
      client.setSoTimeout(WAITS_MILLIS);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      order("pass 2");
      assertThat(line()).startsWith("culvert ready: ");
      assertReset(client);
    }
  }

  @Test
  void whatIsPassedHasToBeWhatListenersAskFor() throws Exception {
    configure(v4(), v6());
    assertRefusedWith(
        "pass 1",
        "listener redirect-2: systemd has passed no socket at [::1]:%d (expected: ListenStream=[::1]:%d"
                .formatted(port6, port6)
            + " in a .socket unit, and that unit under Sockets= in Culvert's)");
    assertRefusedWith(
        "pass 3", "descriptor 5, which systemd has passed, is no listening TCP socket");
    order("blocking 1");
    assertRefusedWith("pass 2", "descriptor 3, which systemd has passed, blocks");
    assertThat(Files.readString(log())).contains("(expected: NonBlocking=yes in Culvert's unit");
  }

  @Test
  void whatNoListenerTakesIsSaid() throws Exception {
    configure(v4());
    order("pass 2");
    assertThat(line()).isEqualTo("culvert ready: redirect 127.0.0.1:" + port);
    assertThat(Files.readString(log()))
        .contains("systemd has passed sockets that no listener takes")
        .contains("[::1]:" + port6);
    order("end 15");
    assertThat(line()).isEqualTo("exit 0");
  }
}
