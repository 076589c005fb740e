package culvert.it.peers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An sshd that shows chosen host keys and certificates, and lets root in with a key, if anybody.
 */
public final class HostKeySshd implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  private HostKeySshd(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it.
   *
   * @param keys private key files; {@code FILE-cert.pub} beside one is its certificate
   */
  public static HostKeySshd start(String address, List<Path> keys) throws IOException {
    return start(address, keys, Path.of("none"));
  }

  /**
   * Starts it.
   *
   * @param authorized public key of who may log in as root
   */
  public static HostKeySshd start(String address, List<Path> keys, Path authorized)
      throws IOException {
    int port = FreePorts.next();
    Files.createDirectories(Path.of("/run/sshd"));
    List<String> command =
        new ArrayList<>(
            List.of(
                RealSshd.PROGRAM.toString(),
                "-D",
                "-f",
                "/dev/null",
                "-E",
                keys.get(0) + ".log",
                "-o",
                "Port=" + port,
                "-o",
                "ListenAddress=" + address,
                "-o",
                "PidFile=none",
                "-o",
                "MaxStartups=500",
                "-o",
                "UsePAM=no",
                "-o",
                "StrictModes=no",
                "-o",
                "AuthorizedKeysFile=" + authorized));
    if (RealSshd.punishes()) {
      command.addAll(List.of("-o", RealSshd.NO_PENALTIES));
    }
    for (Path key : keys) {
      command.addAll(List.of("-o", "HostKey=" + key));
      Path certificate = Path.of(key + "-cert.pub");
      if (Files.exists(certificate)) {
        command.addAll(List.of("-o", "HostCertificate=" + certificate));
      }
    }
    HostKeySshd sshd = new HostKeySshd(Run.serve(command, Path.of(keys.get(0) + ".output")), port);
    await("sshd listens, its log: " + keys.get(0) + ".log")
        .atMost(DEADLINE)
        .until(() -> !sshd.process.isAlive() || accepts(address, port));
    if (!sshd.process.isAlive()) {
      throw new IOException("sshd ended: " + Files.readString(Path.of(keys.get(0) + ".log")));
    }
    return sshd;
  }

  private static boolean accepts(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    List<ProcessHandle> sessions = process.descendants().toList();
    process.destroyForcibly();
    sessions.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }
}
