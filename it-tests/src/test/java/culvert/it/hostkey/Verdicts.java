package culvert.it.hostkey;

import culvert.config.ConfigResult;
import culvert.config.SshProfile;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.it.peers.Run;
import culvert.ssh.NettyTransport;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.MinaSshTransport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Asks Culvert and the real {@code ssh} whether a server may be logged in to. */
final class Verdicts implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final NettyTransport netty = NettyTransport.preferred();
  private final EventLoopGroup loops = netty.newGroup("verdicts", 1);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final MinaSshTransport transport;
  private final Path login;
  private int runs;

  /**
   * A question.
   *
   * @param host the name that is asked for; reached at the address
   * @param mode {@code yes} or {@code accept-new}
   * @param alias empty: none
   * @param knownHosts what the files say; the first is the one that is written
   */
  record Question(
      String host,
      int port,
      String mode,
      String alias,
      boolean checkHostIp,
      List<String> knownHosts) {}

  /**
   * An answer, after the login of Culvert and before that of ssh.
   *
   * @param knownHosts the first file afterwards
   * @param detail for the failing test's message
   */
  record Answer(boolean accepted, String knownHosts, String detail) {}

  /**
   * Asks what is at that address.
   *
   * @param login the key of root there
   */
  Verdicts(InetAddress address, Path login) {
    this.login = login;
    transport =
        new MinaSshTransport(
            netty,
            (host, executor) -> executor.newSucceededFuture(List.of(address)),
            blocking,
            new MinaSshTransport.Bounds(2 << 20, 256 << 20));
  }

  private List<Path> files(Path directory, String who, Question question) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String content : question.knownHosts()) {
      files.add(Files.writeString(directory.resolve(who + runs + "-" + files.size()), content));
    }
    return files;
  }

  Answer ofCulvert(Question question, Path directory) throws Exception {
    runs++;
    List<Path> files = files(directory, "culvert", question);
    SshServer server = new SshServer(profile(question, files), question.host());
    boolean accepted = true;
    String detail = "";
    try {
      transport
          .connect(
              new SshSessionSpec(
                  server, "root", Optional.empty(), InetAddress.getLoopbackAddress()),
              loops.next())
          .get(DEADLINE.toSeconds(), TimeUnit.SECONDS)
          .release();
    } catch (ExecutionException e) {
      accepted = false;
      detail = e.getCause().getMessage();
      if (!(e.getCause() instanceof SshException ssh && ssh.failure() == SshFailure.HOST_KEY)) {
        throw new AssertionError("no verdict on a host key", e.getCause());
      }
    }
    return new Answer(accepted, Files.readString(files.get(0)), detail);
  }

  private SshProfile profile(Question question, List<Path> files) {
    String yaml =
        """
        profiles:
          asked:
            host: %s
            port: %d
            strict-host-key-checking: %s
            known-hosts: %s
            host-key-alias: '%s'
            check-host-ip: %s
            connect-timeout: 30s
            user: root
            authentication: publickey
            identity-file: %s
            identities-only: true
            idle-timeout: 0s
        """
            .formatted(
                question.host(),
                question.port(),
                question.mode(),
                files,
                question.alias(),
                question.checkHostIp(),
                login);
    Path home = Path.of("/");
    ConfigResult result =
        new ConfigLoader(new Environment(Map.of(), home, home, home))
            .loadString(yaml, "culvert.yaml");
    if (result instanceof ConfigResult.Loaded loaded) {
      return loaded.config().profiles().get("asked");
    }
    throw new AssertionError(result.problems());
  }

  Answer ofSsh(Question question, Path directory, InetAddress address) throws IOException {
    runs++;
    List<Path> files = files(directory, "ssh", question);
    List<String> command =
        new ArrayList<>(
            List.of("ssh", "-v", "-F", "/dev/null", "-p", Integer.toString(question.port())));
    Map<String, String> options =
        Map.of(
            "StrictHostKeyChecking",
            question.mode(),
            "UserKnownHostsFile",
            String.join(" ", files.stream().map(Path::toString).toList()),
            "GlobalKnownHostsFile",
            "/dev/null",
            "UpdateHostKeys",
            "no",
            "PreferredAuthentications",
            "none",
            "BatchMode",
            "yes",
            "CheckHostIP",
            question.checkHostIp() ? "yes" : "no",
            "AddressFamily",
            address.getAddress().length == 4 ? "inet" : "inet6");
    options.forEach((name, value) -> command.addAll(List.of("-o", name + "=" + value)));
    if (!question.alias().isEmpty()) {
      command.addAll(List.of("-o", "HostKeyAlias=" + question.alias()));
    }
    command.add("nobody@" + question.host());
    Run<String> run = Run.text(DEADLINE, command);
    boolean accepted = run.errors().contains("Permission denied (");
    if (!accepted
        && !run.errors().contains("Host key verification failed")
        && !run.errors().contains("Exiting, you have requested strict checking")) {
      throw new AssertionError("no verdict: " + run);
    }
    return new Answer(accepted, Files.readString(files.get(0)), run.errors());
  }

  @Override
  public void close() {
    transport.close();
    blocking.shutdown();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
