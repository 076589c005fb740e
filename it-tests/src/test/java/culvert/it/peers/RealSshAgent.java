package culvert.it.peers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An ssh-agent of OpenSSH with a socket of its own. */
public final class RealSshAgent implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Path directory;
  private final Process process;

  private RealSshAgent(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  public static RealSshAgent start() throws IOException {
    return start("/bin/false");
  }

  /**
   * Starts an agent.
   *
   * @param askpass the program that is asked before a key is used that was added with {@code -c};
   *     its exit code is the answer
   */
  public static RealSshAgent start(String askpass) throws IOException {
    Path directory = Files.createTempDirectory("culvert-agent-");
    Path socket = directory.resolve("socket");
    Process process =
        Run.serve(
            List.of(
                "env",
                "SSH_ASKPASS=" + askpass,
                "SSH_ASKPASS_REQUIRE=force",
                "DISPLAY=none",
                "ssh-agent",
                "-D",
                "-a",
                socket.toString()),
            directory.resolve("output"));
    await("the agent's socket").atMost(DEADLINE).until(() -> Files.exists(socket));
    return new RealSshAgent(directory, process);
  }

  public Path socket() {
    return directory.resolve("socket");
  }

  /** Adds a key, and the certificate beside it, if there is one. */
  public RealSshAgent add(SshKey key, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-q"));
    arguments.addAll(List.of(options));
    arguments.add(key.path().toString());
    sshAdd(arguments.toArray(String[]::new));
    return this;
  }

  public void sshAdd(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "SSH_AUTH_SOCK=" + socket(), "ssh-add"));
    command.addAll(List.of(arguments));
    SshKey.run(command);
  }

  /** Hides all keys until nobody unlocks it. */
  public void lock() throws IOException {
    SshKey.run(
        List.of(
            "env",
            "SSH_AUTH_SOCK=" + socket(),
            "SSH_ASKPASS=/usr/bin/pwd", // any program that prints the same word twice
            "SSH_ASKPASS_REQUIRE=force",
            "DISPLAY=none",
            "ssh-add",
            "-x"));
  }

  /** SIGSTOP: it is there, and says nothing any more. */
  public void freeze() throws IOException {
    SshKey.run(List.of("kill", "-STOP", Long.toString(process.pid())));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    TestAccount.delete(directory);
  }
}
