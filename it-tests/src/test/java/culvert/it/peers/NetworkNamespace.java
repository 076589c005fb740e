package culvert.it.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network of its own on this machine, with a loopback that is up; ends with this process. Needs
 * root, and a kernel that gives namespaces to it.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/sbin/nft"), Path.of("/usr/sbin/ip"), Path.of("/usr/bin/nsenter"));

  private final Process holder;

  private NetworkNamespace(Process holder) {
    this.holder = holder;
  }

  /**
   * Makes one. Where that is not allowed the test is skipped with the reason; with {@code CI=true}
   * it fails.
   */
  public static NetworkNamespace create() throws IOException {
    Optional<Path> missing = PROGRAMS.stream().filter(p -> !Files.isExecutable(p)).findFirst();
    if (missing.isPresent()) {
      throw Precondition.missing(
          "no " + missing.get() + " (run it-tests/peers/install.sh as root)");
    }
    Process holder =
        new ProcessBuilder("unshare", "--net", "sh", "-c", "ip link set lo up && echo up && cat")
            .redirectErrorStream(true)
            .start();
    String line =
        new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (!"up".equals(line)) {
      holder.destroyForcibly();
      throw Precondition.missing("no network namespaces here: " + line);
    }
    return new NetworkNamespace(holder);
  }

  /**
   * Puts a wire between this one and another.
   *
   * @param device its end here
   * @param farDevice its end there
   */
  public void wire(String device, NetworkNamespace far, String farDevice) {
    does(
        "ip", "link", "add", device, "type", "veth", "peer", "name", farDevice, "netns", far.pid());
    does("ip", "link", "set", device, "up");
    far.does("ip", "link", "set", farDevice, "up");
  }

  /** Gives an end of a wire an address, with its prefix length. */
  public void address(String device, String address) {
    List<String> command = new ArrayList<>(List.of("ip", "addr", "add", address, "dev", device));
    if (address.indexOf(':') >= 0) {
      command.add("nodad");
    }
    does(command.toArray(String[]::new));
  }

  private String pid() {
    return Long.toString(holder.pid());
  }

  /** The command line that runs a program there. */
  public List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=/proc/" + pid() + "/ns/net"));
    all.addAll(command);
    return all;
  }

  /** Runs a program there. */
  public Run<String> run(String... command) {
    return Run.text(DEADLINE, command(List.of(command)));
  }

  /** Runs a program there that must succeed, and returns what it prints. */
  public String does(String... command) {
    Run<String> run = run(command);
    if (run.exitCode() != 0) {
      throw new AssertionError(
          List.of(command) + " exits with " + run.exitCode() + ": " + run.errors());
    }
    return run.output();
  }

  /** Hands a ruleset, or changes of one, to {@code nft -f} there. */
  public void nft(String rules) throws IOException {
    Path file = Files.createTempFile("culvert-", ".nft");
    try {
      Files.writeString(file, rules);
      does("nft", "-f", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  /** A program that is another one, but runs there. */
  public Path program(Path directory, Path program) throws IOException {
    Path script = directory.resolve(program.getFileName());
    Files.writeString(
        script,
        "#!/bin/sh\nexec " + String.join(" ", command(List.of(program.toString()))) + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  @Override
  public void close() {
    holder.destroyForcibly();
  }
}
