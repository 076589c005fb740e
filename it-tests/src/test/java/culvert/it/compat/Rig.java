package culvert.it.compat;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.Culvert;
import culvert.it.TestFile;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Servers, sshd and Culvert, and how a cell is tried with them. */
final class Rig implements AutoCloseable {
  private static final long LARGE = 60_000_000; // more than a slow server sends before the deadline

  private final Path directory;
  private final Path files;
  private final List<ServerPair> servers;
  private final RealSshd sshd;
  private final Culvert culvert;

  private Rig(
      Path directory, Path files, List<ServerPair> servers, RealSshd sshd, Culvert culvert) {
    this.directory = directory;
    this.files = files;
    this.servers = servers;
    this.sshd = sshd;
    this.culvert = culvert;
  }

  static Rig start(Path directory) throws Exception {
    List<ServerPair> servers =
        List.of(ServerPair.vsftpd(), ServerPair.proftpd(), ServerPair.pureFtpd());
    // or a remote forward on "localhost" gets its port from ::1, and it may be taken on 127.0.0.1
    RealSshd sshd = RealSshd.start();
    Culvert culvert = Culvert.start(configuration(directory, servers, sshd));
    return new Rig(directory, TestAccount.newDirectory(), servers, sshd, culvert).withFiles();
  }

  List<ServerPair> servers() {
    return servers;
  }

  /** Tries a cell, from any thread. */
  Outcome attempt(Cell cell) {
    Optional<Reason> reason = cell.client().cannot(cell.server().name(), cell.mode(), cell.task());
    return reason.map(why -> attemptNevertheless(cell, why)).orElseGet(() -> run(cell));
  }

  private Outcome attemptNevertheless(Cell cell, Reason reason) {
    return reason.shows() && run(cell) instanceof Outcome.Pass
        ? new Outcome.Failed("it works, but was said not to, because " + reason.fact())
        : new Outcome.CannotWork(reason.fact());
  }

  @Override
  public void close() throws IOException {
    culvert.close();
    sshd.close();
    for (ServerPair server : servers) {
      server.close();
    }
    TestAccount.delete(files);
  }

  private Outcome run(Cell cell) {
    try {
      Path work = Files.createTempDirectory(directory, "cell-");
      Path folder = TestAccount.newDirectory();
      try {
        for (String name : List.of("large", "medium", "small")) {
          Files.createLink(folder.resolve(name), files.resolve(name));
        }
        new Errand(cell.client(), cell.mode(), cell.task())
            .run(site(cell, folder, work), files, "uploaded");
        if (cell.task() == Task.UPLOAD) {
          assertThat(Sha256.of(folder.resolve("uploaded")))
              .isEqualTo(Sha256.of(files.resolve("medium")));
        }
        return new Outcome.Pass();
      } catch (Exception | AssertionError e) {
        return new Outcome.Failed(e + "\n" + Session.allSaidIn(work));
      } finally {
        TestAccount.delete(folder);
      }
    } catch (IOException e) {
      return new Outcome.Failed(e.toString());
    }
  }

  private Site site(Cell cell, Path folder, Path work) {
    return new Site(
        culvert.port(),
        cell.mode().host(),
        cell.server().serverFor(cell.task()).port(),
        TestAccount.USER,
        TestAccount.password(),
        folder.getFileName().toString(),
        work);
  }

  private Rig withFiles() throws IOException {
    TestFile.create(files.resolve("small"), 300_000);
    TestFile.create(files.resolve("medium"), 2_000_000);
    try (RandomAccessFile large = new RandomAccessFile(files.resolve("large").toFile(), "rw")) {
      large.setLength(LARGE);
    }
    return this;
  }

  private static String configuration(Path directory, List<ServerPair> servers, RealSshd sshd)
      throws IOException {
    Path knownHosts = Files.writeString(directory.resolve("known_hosts"), sshd.knownHostsLine());
    List<Integer> ports = servers.stream().flatMap(server -> server.ports().stream()).toList();
    StringBuilder rules = new StringBuilder();
    for (int port : ports) {
      rules.append(rule(Mode.ACTIVE, port, "passive"));
      rules.append(rule(Mode.ACTIVE_FORWARDED, port, "remote-forward"));
    }
    return """
        listeners:
          - { name: socks, socks: 127.0.0.1:0 }
        profiles:
          gate:
            host: 127.0.0.1
            port: %d
            strict-host-key-checking: yes
            known-hosts: %s
            connect-timeout: 20s
            login-timeout: 20s
            idle-timeout: 2s
        rules:
        %sdefault-action: block
        ftp: { ports: %s }
        pin-tunnelled: false
        state-directory: %s
        """
        .formatted(sshd.port(), knownHosts, rules, ports, directory.resolve("state"));
  }

  private static String rule(Mode mode, int port, String activeMode) {
    return """
          - name: %s-%d
            match: { host: %s, port: %d }
            action: ftp-tunnel
            profile: gate
            target: "127.0.0.1:%d"
            ftp: { active-mode: %s }
        """
        .formatted(activeMode, port, mode.host(), port, port, activeMode);
  }
}
