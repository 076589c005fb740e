package culvert.proxy.cli;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.SshProfile;
import culvert.ssh.HostKeys;
import culvert.ssh.SshException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code culvert trust}. */
@Command(
    name = "trust",
    description = {
      "Fetches the host keys of SSH servers, shows their fingerprints, and adds them",
      "to the known_hosts of a profile. Compare the fingerprints with those that the",
      "server's administrator gives you."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert trust ftp.example.com gateway.example.com:2222|@"})
final class TrustCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final HostKeys hostKeys;

  @Mixin private final ConfigOption configOption;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "HOST[:PORT]",
      arity = "0..*",
      description = "SSH servers (default: the host of the profile).")
  private List<String> servers = List.of();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Whose known_hosts, host and port (default: ${DEFAULT-VALUE}).",
      defaultValue = CulvertConfig.DEFAULT_PROFILE)
  private String profileName = CulvertConfig.DEFAULT_PROFILE;

  @Option(names = "--yes", description = "Add without asking.")
  private boolean yes;

  TrustCommand(Terminal terminal, HostKeys hostKeys) {
    this.terminal = terminal;
    this.hostKeys = hostKeys;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() {
    ConfigResult result = configOption.load();
    for (ConfigProblem problem : result.problems()) {
      terminal.err().println(problem);
    }
    if (!(result instanceof ConfigResult.Loaded loaded)) {
      return ExitCode.USAGE;
    }
    SshProfile profile = profile(loaded.config());
    boolean allTrusted = true;
    for (Endpoint server : servers(profile)) {
      allTrusted &= trust(server, profile);
    }
    return allTrusted ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private SshProfile profile(CulvertConfig config) {
    SshProfile profile = config.profiles().get(profileName);
    if (profile == null) {
      throw usage(
          "--profile: no such profile: "
              + profileName
              + " (expected: one of "
              + String.join(", ", config.profiles().keySet().stream().sorted().toList())
              + ")");
    }
    return profile;
  }

  private List<Endpoint> servers(SshProfile profile) {
    if (servers.isEmpty() && profile.host().isPresent()) {
      return List.of(new Endpoint(profile.host().get(), profile.port()));
    }
    if (servers.isEmpty()) {
      throw usage("Missing HOST[:PORT], as profile " + profileName + " names no host");
    }
    try {
      return servers.stream().map(text -> HostPort.parse(text, profile.port())).toList();
    } catch (TypeConversionException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private boolean trust(Endpoint server, SshProfile profile) {
    try {
      List<HostKeys.ServerHostKey> keys =
          hostKeys.fetch(server.host(), server.port(), profile.timeouts().login());
      terminal.out().println(server + " has these host keys:");
      for (HostKeys.ServerHostKey key : keys) {
        terminal.out().println("  " + key.type() + " " + key.fingerprint());
      }
      return confirmed(profile) && add(server, profile, keys);
    } catch (SshException | IOException e) {
      terminal.err().println("culvert: " + e.getMessage());
      return false;
    }
  }

  private boolean confirmed(SshProfile profile) throws IOException {
    if (yes) {
      return true;
    }
    if (!terminal.interactive()) {
      terminal.err().println("culvert: nothing added: no terminal to ask at (expected: --yes)");
      return false;
    }
    terminal.err().print("Add them to " + profile.hostKeys().knownHosts().get(0) + "? [y/N] ");
    terminal.err().flush();
    String answer = terminal.in().readLine();
    boolean agreed =
        answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    if (!agreed) {
      terminal.err().println("culvert: nothing added");
    }
    return agreed;
  }

  private boolean add(Endpoint server, SshProfile profile, List<HostKeys.ServerHostKey> keys)
      throws IOException {
    boolean refused = false;
    for (HostKeys.Outcome outcome :
        hostKeys.add(profile.hostKeys().knownHosts(), server.host(), server.port(), keys)) {
      boolean bad = outcome.kind() == HostKeys.Outcome.Kind.REFUSED;
      (bad ? terminal.err() : terminal.out())
          .println("  " + outcome.key().type() + ": " + outcome.message());
      refused |= bad;
    }
    return !refused;
  }
}
