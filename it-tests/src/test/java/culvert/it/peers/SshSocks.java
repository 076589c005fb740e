package culvert.it.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** OpenSSH's client as a SOCKS proxy, {@code ssh -D}, with one SSH session of the test account. */
public final class SshSocks implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = 500_000;

  private final int port;
  private final Path output;
  private final Process process;

  private SshSocks(int port, Path output, Process process) {
    this.port = port;
    this.output = output;
    this.process = process;
  }

  /**
   * Starts it, and returns as soon as it listens, which is after the login.
   *
   * @param key that sshd takes
   * @param knownHosts that has the server's host key
   * @param cipher the only one
   */
  public static SshSocks start(int sshPort, SshKey key, Path knownHosts, String cipher)
      throws IOException {
    int port = FreePorts.next();
    Path output = Files.createTempFile("culvert-ssh-", ".out");
    List<String> command =
        List.of(
            "ssh",
            "-N",
            "-F",
            "none",
            "-D",
            "127.0.0.1:" + port,
            "-o",
            "BatchMode=yes",
            "-o",
            "ExitOnForwardFailure=yes",
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "UserKnownHostsFile=" + knownHosts,
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "Ciphers=" + cipher,
            "-i",
            key.path().toString(),
            "-p",
            Integer.toString(sshPort),
            TestAccount.USER + "@127.0.0.1");
    SshSocks ssh = new SshSocks(port, output, Run.serve(command, output));
    try {
      ssh.awaitListener();
      return ssh;
    } catch (IOException | RuntimeException e) {
      try (ssh) {
        throw e;
      }
    }
  }

  private void awaitListener() throws IOException {
    long start = System.nanoTime();
    while (!listens()) {
      if (!process.isAlive() || System.nanoTime() - start > DEADLINE.toNanos()) {
        throw new IOException("ssh -D does not listen: " + Files.readString(output));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    Files.deleteIfExists(output);
  }
}
