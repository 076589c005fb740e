package culvert.it.peers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Another proxy on the loopback: microsocks, dante or tinyproxy. */
public final class RealProxy implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final int port;
  private final Path directory;
  private final Process process;

  private RealProxy(int port, Path directory, List<String> command) {
    this.port = port;
    this.directory = directory;
    this.process = Run.serve(command, directory.resolve("output"));
    await(command.get(0) + " listens").atMost(DEADLINE).until(this::listens);
  }

  /** SOCKS 5. */
  public static RealProxy microsocks() throws IOException {
    int port = FreePorts.next();
    return new RealProxy(
        port,
        Files.createTempDirectory("culvert-microsocks-"),
        List.of("/usr/bin/microsocks", "-i", "127.0.0.1", "-p", Integer.toString(port)));
  }

  /** SOCKS 4 and 5. */
  public static RealProxy dante() throws IOException {
    int port = FreePorts.next();
    Path directory = Files.createTempDirectory("culvert-dante-");
    Path configuration = directory.resolve("danted.conf");
    Files.write(
        configuration,
        List.of(
            "errorlog: stderr",
            "internal: 127.0.0.1 port = " + port,
            "external: lo",
            "clientmethod: none",
            "socksmethod: none",
            "user.privileged: root",
            "user.unprivileged: nobody",
            "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }",
            "socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }"));
    return new RealProxy(
        port,
        directory,
        List.of(
            "/usr/sbin/danted",
            "-f",
            configuration.toString(),
            "-p",
            directory.resolve("pid").toString()));
  }

  /**
   * HTTP CONNECT.
   *
   * @param connectPort the only port that it connects to
   */
  public static RealProxy tinyproxy(int connectPort) throws IOException {
    int port = FreePorts.next();
    Path directory = Files.createTempDirectory("culvert-tinyproxy-");
    Path configuration = directory.resolve("tinyproxy.conf");
    Files.write(
        configuration,
        List.of(
            "Port " + port,
            "Listen 127.0.0.1",
            "Timeout 600",
            "MaxClients 100",
            "Allow 127.0.0.1",
            "ConnectPort " + connectPort));
    return new RealProxy(
        port, directory, List.of("/usr/bin/tinyproxy", "-d", "-c", configuration.toString()));
  }

  public int port() {
    return port;
  }

  /** The process that was started; dante has others below it. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> below = process.descendants().toList();
    process.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    TestAccount.delete(directory);
  }
}
