package culvert.proxy.check;

import culvert.config.Action;
import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult.Loaded;
import culvert.config.CulvertConfig;
import culvert.config.HostKeyPolicy;
import culvert.config.ListenerConfig;
import culvert.config.Match;
import culvert.config.Rule;
import culvert.config.SshLogin;
import culvert.config.SshProfile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** What a valid configuration needs, and the machine has not. */
public final class MachineChecks {
  private final Loaded loaded;
  private final Machine machine;
  private final Set<ConfigProblem> found = new LinkedHashSet<>();

  private MachineChecks(Loaded loaded, Machine machine) {
    this.loaded = loaded;
    this.machine = machine;
  }

  /** Warnings. Blocks: it reads files, and may ask directories for users. */
  public static List<ConfigProblem> of(Loaded loaded, Machine machine) {
    MachineChecks checks = new MachineChecks(loaded, machine);
    CulvertConfig config = loaded.config();
    Set<String> used = Holes.usedProfiles(config);
    config.profiles().values().stream()
        .filter(profile -> used.contains(profile.name()))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .forEach(checks::profile);
    for (int i = 0; i < config.listeners().size(); i++) {
      checks.listener(config.listeners().get(i), i);
    }
    for (int i = 0; i < config.rules().size(); i++) {
      checks.rule(config.rules(), i);
    }
    return List.copyOf(checks.found);
  }

  /** What ssh_config adds to it is its own affair. */
  private void profile(SshProfile profile) {
    SshLogin login = profile.login();
    boolean withAgent = login.identityAgent().isPresent() || profile.sshConfig().isPresent();
    for (int i = 0; i < login.identityFiles().size(); i++) {
      Path file = login.identityFiles().get(i);
      String[] path = {"profiles", profile.name(), "identity-file", Integer.toString(i)};
      machine
          .problemOfKey(file, login.identityPassphrase(), withAgent)
          .ifPresent(problem -> warn("identity-file: " + file + problem, path));
    }
    for (int i = 0; i < login.certificateFiles().size(); i++) {
      Path file = login.certificateFiles().get(i);
      String[] path = {"profiles", profile.name(), "certificate-file", Integer.toString(i)};
      machine
          .problemOfCertificate(file)
          .ifPresent(problem -> warn("certificate-file: " + file + problem, path));
    }
    knownHosts(profile);
  }

  private void knownHosts(SshProfile profile) {
    HostKeyPolicy policy = profile.hostKeys();
    List<Path> files = policy.knownHosts();
    String[] all = {"profiles", profile.name(), "known-hosts"};
    if (!policy.acceptNew() && files.stream().noneMatch(machine::exists)) {
      warn(
          "known-hosts: no such file ("
              + String.join(", ", files.stream().map(Path::toString).toList())
              + "), and strict-host-key-checking is yes: no SSH server is known (expected: culvert"
              + " trust HOST)",
          all);
    }
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      if (machine.exists(file)) {
        String[] path = {"profiles", profile.name(), "known-hosts", Integer.toString(i)};
        machine
            .problemOfFile(file)
            .ifPresent(
                problem -> warn("known-hosts: " + file + problem + ": no tunnel is made", path));
      }
    }
  }

  private void listener(ListenerConfig listener, int index) {
    if (listener instanceof ListenerConfig.Redirect && !machine.seesOriginalDestinations()) {
      warn(
          "redirect: where captured connections were meant to go cannot be found out here (expected:"
              + " Linux on x86-64 or aarch64, and no CULVERT_TRANSPORT=nio), so that Culvert does not"
              + " start",
          "listeners",
          Integer.toString(index),
          "redirect");
    }
  }

  private void rule(List<Rule> rules, int index) {
    Rule rule = rules.get(index);
    Match match = rule.match();
    for (int i = 0; i < match.osUsers().size(); i++) {
      String user = match.osUsers().get(i);
      if (!isPattern(user) && !user.matches("[0-9]+") && !machine.isUser(user)) {
        warn(
            "os-user: nobody here is called "
                + user
                + ", so that rule "
                + rule.name()
                + " matches"
                + " nobody by that name"
                + then(rules, index, MachineChecks::asksForUser),
            path(index, "os-user", i));
      }
    }
    if (asksForApplication(rule) || asksForUser(rule)) {
      owners(rules, index);
    }
  }

  private void owners(List<Rule> rules, int index) {
    Rule rule = rules.get(index);
    String key = asksForApplication(rule) ? "application" : "os-user";
    if (!machine.knowsOwners()) {
      warn(
          key
              + ": who runs a client cannot be found out here (expected: Linux with /proc), so that"
              + " rule "
              + rule.name()
              + " matches nobody"
              + then(rules, index, (a, b) -> asksForApplication(b) || asksForUser(b)),
          path(index, key));
    } else if (asksForApplication(rule)
        && !machine.seesOthersPrograms()
        && !isOnlyFor(rule, machine.ownUser())) {
      warn(
          "application: the programs of other users than "
              + machine.ownUser()
              + " cannot be seen without CAP_SYS_PTRACE (root has it mostly), so that their jobs do"
              + " not match rule "
              + rule.name()
              + then(rules, index, (a, b) -> asksForApplication(b)),
          path(index, key));
    }
  }

  private static boolean isOnlyFor(Rule rule, String user) {
    return !rule.match().osUsers().isEmpty()
        && rule.match().osUsers().stream().allMatch(user::equals);
  }

  private static boolean asksForApplication(Rule rule) {
    return !rule.match().applications().isEmpty();
  }

  private static boolean asksForUser(Rule rule) {
    return !rule.match().osUsers().isEmpty();
  }

  private static boolean asksForUser(Rule missed, Rule next) {
    return asksForUser(next) && next.match().osUsers().equals(missed.match().osUsers());
  }

  /**
   * Where such jobs go instead, if that may be plaintext.
   *
   * @param misses whether what misses the first rule misses the second one, too
   */
  private String then(List<Rule> rules, int index, BiPredicate<Rule, Rule> misses) {
    Rule missed = rules.get(index);
    for (Rule next : rules.subList(index + 1, rules.size())) {
      if (!misses.test(missed, next) && mayShare(missed.match(), next.match())) {
        String way =
            next.action() == Action.DIRECT
                ? " (direct: in plaintext)"
                : next.fallback().reasons().isEmpty() ? "" : " (fallback: plain)";
        return way.isEmpty() ? "" : "; they go on to rule " + next.name() + way;
      }
    }
    return loaded.config().defaultAction() == Action.DIRECT
        ? "; they go on to default-action (direct: in plaintext)"
        : "";
  }

  /** Not if their ports or hosts, as they are written, have nothing in common. */
  private static boolean mayShare(Match a, Match b) {
    boolean ports =
        a.ports().isEmpty()
            || b.ports().isEmpty()
            || a.ports().stream()
                .anyMatch(
                    one ->
                        b.ports().stream()
                            .anyMatch(
                                two -> one.first() <= two.last() && two.first() <= one.last()));
    boolean listeners =
        a.listeners().isEmpty()
            || b.listeners().isEmpty()
            || a.listeners().stream().anyMatch(b.listeners()::contains);
    return ports && listeners && !areDifferentNames(a, b);
  }

  private static boolean areDifferentNames(Match a, Match b) {
    List<String> ours = a.hosts().stream().map(host -> host.text()).toList();
    List<String> theirs = b.hosts().stream().map(host -> host.text()).toList();
    return !ours.isEmpty()
        && !theirs.isEmpty()
        && isPlain(ours)
        && isPlain(theirs)
        && ours.stream().noneMatch(theirs::contains);
  }

  private static boolean isPlain(Collection<String> hosts) {
    return hosts.stream().noneMatch(host -> host.startsWith("/") || isPattern(host));
  }

  private static boolean isPattern(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
  }

  private static String[] path(int rule, String key) {
    return new String[] {"rules", Integer.toString(rule), "match", key};
  }

  private static String[] path(int rule, String key, int item) {
    return new String[] {"rules", Integer.toString(rule), "match", key, Integer.toString(item)};
  }

  private void warn(String message, String... path) {
    found.add(new ConfigProblem(Severity.WARNING, loaded.written().location(path), message));
  }
}
