package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.SshProfile;
import culvert.proxy.cli.HostKeyQuestions.Answer;
import culvert.proxy.cli.HostKeyQuestions.Answered;
import culvert.proxy.cli.HostKeyQuestions.Failed;
import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.Check.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "Adds the host keys of SSH servers to known_hosts, after a question.",
      "Fetches them and shows their fingerprints, to be compared with those that the",
      "server's administrator gives you; the file is that of a profile."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: @|bold culvert trust ftp.example.com gateway.example.com:2222|@",
      "         @|bold culvert trust --check -f servers.txt|@",
      "         @|bold culvert trust --replace ftp.example.com|@"
    })
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
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = {
        "More servers, one HOST[:PORT] a line; # begins a comment.",
        "-: from standard input."
      })
  private @Nullable Path file;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Whose known_hosts, host, port and alias (default: ${DEFAULT-VALUE}).",
      defaultValue = CulvertConfig.DEFAULT_PROFILE)
  private String profileName = CulvertConfig.DEFAULT_PROFILE;

  @Option(names = "--yes", description = "Add without asking.")
  private boolean yes;

  @Option(
      names = "--check",
      description = {
        "Only compare with known_hosts: one line for each server, and 1 as the exit",
        "code unless all are reached and known."
      })
  private boolean check;

  @Option(
      names = "--replace",
      description = {
        "Put a key that has changed in the place of the known one, after its fingerprint",
        "was typed. For one server."
      })
  private boolean replace;

  @Option(
      names = "--fingerprint",
      paramLabel = "SHA256:...",
      description = "With --replace: the new key's fingerprint, in place of the question.")
  private List<String> fingerprints = List.of();

  TrustCommand(Terminal terminal, HostKeys hostKeys) {
    this.terminal = terminal;
    this.hostKeys = hostKeys;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (check && yes) {
      throw usage("--check adds nothing (expected: without --yes)");
    }
    if (replace && (check || yes || file != null)) {
      throw usage("--replace is for one server (expected: without --check, --yes and -f)");
    }
    if (!replace && !fingerprints.isEmpty()) {
      throw usage("--fingerprint: not without --replace");
    }
    return configOption.use(this::trust);
  }

  private int trust(CulvertConfig config) throws IOException {
    List<AskedServer> all = servers(profile(config));
    HostKeyQuestions questions = new HostKeyQuestions(hostKeys);
    if (replace) {
      if (all.size() > 1) {
        throw usage("--replace is for one server, not for " + all.size());
      }
      return new KeyReplacement(terminal, hostKeys, fingerprints, options())
              .of(all.get(0), questions)
          ? ExitCode.OK
          : ExitCode.SOFTWARE;
    }
    boolean allTrusted = check ? check(questions, all) : trust(questions, all);
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

  /** Each once, in the order in which they are given. */
  private List<AskedServer> servers(SshProfile profile) {
    Map<Endpoint, AskedServer> all = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (String text : servers) {
      try {
        AskedServer server = AskedServer.parse(text, profile);
        all.putIfAbsent(server.address(), server);
      } catch (TypeConversionException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (file != null) {
      ServerList list =
          ServerList.read(file, terminal.in(), text -> AskedServer.parse(text, profile));
      list.servers().forEach(server -> all.putIfAbsent(server.address(), server));
      problems.addAll(list.problems());
    }
    if (!problems.isEmpty()) {
      throw usage(String.join(System.lineSeparator(), problems));
    }
    if (all.isEmpty()) {
      String host =
          profile
              .host()
              .orElseThrow(
                  () -> usage("Missing HOST[:PORT], as profile " + profileName + " names no host"));
      return List.of(AskedServer.of(host, profile.forHost(host)));
    }
    return List.copyOf(all.values());
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** What a command about the same configuration and profile needs, with a space behind it. */
  private String options() {
    String profile =
        profileName.equals(CulvertConfig.DEFAULT_PROFILE) ? "" : "--profile " + profileName + " ";
    return configOption.isFound() ? profile : "-c " + configOption.name() + " " + profile;
  }

  private boolean check(HostKeyQuestions questions, List<AskedServer> all) {
    int[] trusted = {0};
    questions.check(
        all,
        answer -> {
          boolean good = answer instanceof Answered answered && isTrusted(answered);
          trusted[0] += good ? 1 : 0;
          String finding =
              answer instanceof Answered answered
                  ? answered.check().message()
                  : ((Failed) answer).reason();
          terminal.out().println(answer.server() + (good ? ": ok: " : ": FAILED: ") + finding);
        });
    if (all.size() > 1) {
      terminal
          .err()
          .println(
              all.size()
                  + " servers: "
                  + trusted[0]
                  + " ok, "
                  + (all.size() - trusted[0])
                  + " not");
    }
    return trusted[0] == all.size();
  }

  private static boolean isTrusted(Answered answer) {
    return answer.check().trust() != Trust.NONE;
  }

  private boolean trust(HostKeyQuestions questions, List<AskedServer> all) throws IOException {
    List<Answered> toAdd = new ArrayList<>();
    int[] certified = {0};
    questions.fetch(
        all,
        answer -> {
          show(answer);
          if (answer instanceof Answered answered) {
            if (answered.check().trust() == Trust.CERTIFICATE) {
              certified[0]++;
            } else if (answered.server().hostKeys().knownHosts().isEmpty()) {
              terminal
                  .err()
                  .println(
                      "culvert: "
                          + answered.server()
                          + ": no known_hosts file to add to (expected: known-hosts in the profile,"
                          + " or UserKnownHostsFile in ssh_config)");
            } else if (answered.stale().isEmpty()) {
              toAdd.add(answered);
            } else {
              KeyReplacement.warn(answered, options(), terminal.err());
            }
          }
        });
    int added = 0;
    if (!toAdd.isEmpty() && confirmed(toAdd)) {
      for (Answered answered : toAdd) {
        added += add(answered, all.size() > 1) ? 1 : 0;
      }
    }
    int failed = all.size() - added - certified[0];
    if (all.size() > 1) {
      terminal
          .err()
          .println(
              "%d servers: %d in known_hosts, %d by certificate, %d not"
                  .formatted(all.size(), added, certified[0], failed));
    }
    return failed == 0;
  }

  private void show(Answer answer) {
    if (answer instanceof Failed failed) {
      terminal.err().println("culvert: " + failed.reason());
    } else if (answer instanceof Answered answered) {
      terminal.out().println(answered.server() + " has these host keys:");
      for (HostKeys.ServerHostKey key : answered.keys()) {
        terminal.out().println("  " + key.type() + " " + key.fingerprint());
      }
      if (answered.check().trust() == Trust.CERTIFICATE) {
        terminal.out().println("  nothing to add: " + answered.check().message());
      }
    }
  }

  private boolean confirmed(List<Answered> toAdd) throws IOException {
    if (yes) {
      return true;
    }
    if (!terminal.interactive() || ServerList.STANDARD_INPUT.equals(file)) {
      terminal.err().println("culvert: nothing added: no terminal to ask at (expected: --yes)");
      return false;
    }
    String what = toAdd.size() == 1 ? "them" : "those of " + toAdd.size() + " servers";
    List<String> files =
        toAdd.stream()
            .flatMap(answered -> answered.server().hostKeys().knownHosts().stream().limit(1))
            .map(Path::toString)
            .distinct()
            .toList();
    terminal.err().print("Add " + what + " to " + String.join(", ", files) + "? [y/N] ");
    terminal.err().flush();
    String answer = terminal.in().readLine();
    boolean agreed =
        answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    if (!agreed) {
      terminal.err().println("culvert: nothing added");
    }
    return agreed;
  }

  private boolean add(Answered answered, boolean named) {
    AskedServer server = answered.server();
    String prefix = named ? server + " " : "  ";
    boolean refused = false;
    try {
      for (HostKeys.Outcome outcome :
          hostKeys.add(
              server.hostKeys(), server.server().host(), server.server().port(), answered.keys())) {
        boolean bad = outcome.kind() == HostKeys.Outcome.Kind.REFUSED;
        (bad ? terminal.err() : terminal.out())
            .println(prefix + outcome.key().type() + ": " + outcome.message());
        refused |= bad;
      }
    } catch (IOException e) {
      terminal.err().println("culvert: " + server + ": " + e.getMessage());
      return false;
    }
    return !refused;
  }
}
