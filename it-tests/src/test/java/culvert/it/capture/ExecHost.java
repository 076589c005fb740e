package culvert.it.capture;

import culvert.it.CulvertProcess;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A host with Culvert installed where every user can read it, and servers that are known by a name
 * on the SSH server's side alone.
 */
final class ExecHost implements AutoCloseable {
  /** The FTP server; nobody's name here. */
  static final String SERVER = "files.only-there.test";

  /** The name that a rule blocks; what no rule is for is blocked as well. */
  static final String BLOCKED = "blocked.test";

  private static final Duration DEADLINE = Duration.ofMinutes(4);

  private final Path directory;
  private final RealVsftpd vsftpd;
  private final RealSshd sshd;
  private final Path folder;
  private final InstalledCulvert program;
  private final InstalledJdkUrl jdkUrl;

  private ExecHost(
      Path directory, RealVsftpd vsftpd, RealSshd sshd, Path folder, InstalledCulvert program)
      throws IOException {
    this.directory = directory;
    this.vsftpd = vsftpd;
    this.sshd = sshd;
    this.folder = folder;
    this.program = program;
    this.jdkUrl = InstalledJdkUrl.in(directory);
  }

  /** Installs and starts all but Culvert. */
  static ExecHost start(Path directory) throws IOException {
    RealVsftpd vsftpd = RealVsftpd.start();
    RealSshd sshd = RealSshd.start();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    InstalledCulvert program = InstalledCulvert.in(directory.resolve("program"));
    return new ExecHost(directory, vsftpd, sshd, TestAccount.newDirectory(), program);
  }

  /** A configuration of a user's, with a state directory and known hosts of its own. */
  Path configuration(String name) throws IOException {
    Path own = Files.createDirectories(directory.resolve(name));
    Path knownHosts = Files.writeString(own.resolve("known_hosts"), sshd.knownHostsLine() + "\n");
    Path state = Files.createDirectories(own.resolve("state"));
    if (!name.startsWith("root")) {
      TestAccount.give(own);
      TestAccount.give(state);
      TestAccount.give(knownHosts);
    }
    return Files.writeString(
        own.resolve("culvert.yaml"),
        """
        listeners: [{ socks: "127.0.0.1:0" }]
        state-directory: %s
        pin-tunnelled: false
        capture: { pseudo-addresses: 10.99.0.0/16 }
        profiles:
          defaults:
            known-hosts: %s
            strict-host-key-checking: yes
            connect-timeout: 20s
            login-timeout: 20s
          gate: { host: 127.0.0.1, port: %d }
        rules:
          - match: { host: "%s", port: 21, listener: exec }
            action: ftp-tunnel
            profile: gate
            target: 127.0.0.1:%d
          - { match: { host: "%s", listener: exec }, action: block }
        default-action: block
        """
            .formatted(state, knownHosts, sshd.port(), SERVER, vsftpd.port(), BLOCKED));
  }

  /** A Culvert that takes everybody's commands in. */
  CulvertProcess run() throws Exception {
    Path runtime = Files.createDirectories(directory.resolve("run"));
    return CulvertProcess.run(
        Map.of("RUNTIME_DIRECTORY", runtime.toString()),
        configuration("root"),
        directory.resolve("log"));
  }

  Path socket() {
    return directory.resolve("run/exec.sock");
  }

  /** {@code culvert exec} with those options, as the test account. */
  List<String> asUser(List<String> options, String... command) {
    return withoutCapture(asRoot(options, command).toArray(String[]::new));
  }

  /** A command as the test account, without Culvert. */
  List<String> withoutCapture(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + TestAccount.USER,
                "--regid=" + TestAccount.USER,
                "--clear-groups",
                "env",
                "HOME=" + folder));
    all.addAll(List.of(command));
    return all;
  }

  /** The same as this process's user. */
  List<String> asRoot(List<String> options, String... command) {
    List<String> all = new ArrayList<>();
    all.addAll(
        List.of(
            "env",
            "HOST=" + SERVER,
            "ADDRESS=" + SERVER,
            "USER=" + TestAccount.USER,
            "PASSWORD=" + TestAccount.password(),
            "FOLDER=" + TestAccount.below(folder),
            "JAVA=" + jdkUrl.commandLine()));
    all.addAll(program.exec(options, List.of(command)));
    return all;
  }

  /** The options for the Culvert that {@link #run} has started. */
  List<String> running() {
    return List.of("--socket", socket().toString());
  }

  static Run<String> run(List<String> command) {
    return Run.text(DEADLINE, command);
  }

  /** The directory on the FTP server in which clients work. */
  Path folder() {
    return folder;
  }

  Path trail() {
    return directory.resolve("root/state/audit.jsonl");
  }

  RealSshd sshd() {
    return sshd;
  }

  @Override
  public void close() throws IOException {
    sshd.close();
    vsftpd.close();
    TestAccount.delete(folder);
  }
}
