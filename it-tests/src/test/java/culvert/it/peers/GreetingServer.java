package culvert.it.peers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The process of a server that greets every connection with a reply 2xx, as FTP servers do. */
final class GreetingServer {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final String address;
  private final int port;
  private final List<String> command;
  private final Path output;
  private final Optional<NetworkNamespace> network;
  private Process process;
  private int probes;

  /**
   * @param command that stays in the foreground; it listens on that address and port
   * @param output a file for what it prints
   */
  GreetingServer(String address, int port, List<String> command, Path output) {
    this(address, port, command, output, Optional.empty());
  }

  /**
   * The same.
   *
   * @param network where it runs; empty: in this process's
   */
  GreetingServer(
      String address,
      int port,
      List<String> command,
      Path output,
      Optional<NetworkNamespace> network) {
    this.address = address;
    this.port = port;
    this.command = List.copyOf(command);
    this.output = output;
    this.network = network;
  }

  /** Starts a listener and waits for its greeting, after {@link #stop} or over the old one. */
  void restart() {
    stop();
    process = Run.serve(network.map(there -> there.command(command)).orElse(command), output);
    await(command.get(0) + " answers on port " + port).atMost(DEADLINE).until(this::answers);
  }

  /** Ends the listener and every session with SIGKILL. */
  void stop() {
    if (process != null) {
      List<ProcessHandle> sessions = sessions();
      process.destroyForcibly();
      sessions.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
    }
  }

  /** The processes that serve connections. */
  List<ProcessHandle> sessions() {
    return process.descendants().toList();
  }

  /** Those of them that the listener has begun itself, one for each connection. */
  List<ProcessHandle> leaders() {
    return process.children().toList();
  }

  /** What its program has printed. */
  String said() throws IOException {
    return ServerLogs.read(output);
  }

  /** How many connections were made only to see whether it is there. */
  int probes() {
    return probes;
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException(command + " ended at once: " + process.exitValue());
    }
    return network.map(this::answersIn).orElseGet(this::answersHere);
  }

  private boolean answersIn(NetworkNamespace there) {
    String ask = "exec 3<>/dev/tcp/%s/%d && head -c 1 <&3".formatted(address, port);
    Run<String> asked = there.run("timeout", "5", "bash", "-c", ask);
    probes += asked.exitCode() == 0 ? 1 : 0;
    return asked.output().equals("2");
  }

  private boolean answersHere() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), 1000);
      socket.setSoTimeout(5000);
      probes++;
      return socket.getInputStream().read() == '2';
    } catch (IOException notYet) {
      return false;
    }
  }
}
