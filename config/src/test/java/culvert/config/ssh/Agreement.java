package culvert.config.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Compares what we make of a file with what {@code ssh -G} prints, field by field. */
final class Agreement {
  static final Surroundings SURROUNDINGS =
      new Surroundings(
          Path.of(System.getProperty("user.home")),
          System.getProperty("user.name"),
          Path.of("/work"),
          Path.of("/etc/ssh"),
          RealSsh.VARIABLES);

  private final Map<String, List<String>> standard;

  /**
   * @param empty a file in which nothing stands
   */
  Agreement(Path empty) {
    standard = RealSsh.ask(empty, "host").orElseThrow();
  }

  /**
   * Asserts that both refuse the file, or understand it in the same way.
   *
   * @param destination {@code [user@]host}
   */
  void check(Path file, String destination) {
    RecordedReport report = new RecordedReport();
    OpenSshConfig config = OpenSshConfig.read(file, SURROUNDINGS, report);
    Optional<Map<String, List<String>>> theirs = RealSsh.ask(file, destination);

    assertThat(report.errors.isEmpty())
        .as("%s %s: ours %s, ssh: %s", text(file), destination, report.errors, theirs.isPresent())
        .isEqualTo(theirs.isPresent());
    theirs.ifPresent(
        values -> {
          int at = destination.lastIndexOf('@');
          String host = destination.substring(at + 1);
          OpenSshHost ours =
              at < 0
                  ? config.lookupAsLocalUser(host)
                  : config.lookup(host, Optional.of(destination.substring(0, at)));
          assertThat(differences(fields(ours), expected(values)))
              .as("%s %s: ours / theirs", text(file), destination)
              .isEmpty();
        });
  }

  private Map<String, String> expected(Map<String, List<String>> values) {
    Map<String, String> expected = new LinkedHashMap<>();
    for (String key : fieldNames()) {
      expected.put(key, String.join(" | ", values.getOrDefault(key, List.of("none"))));
    }
    expected.computeIfPresent(
        "stricthostkeychecking",
        (key, value) ->
            switch (value) {
              case "false" -> "accept-new"; // no: a changed key is never taken
              case "true" -> "yes";
              default -> value;
            });
    expected.computeIfPresent("proxyjump", (key, value) -> jumps(Jump.parse(value)));
    expected.computeIfPresent(
        "pubkeyauthentication", (key, value) -> String.valueOf(!value.equals("false")));
    return expected;
  }

  private static String text(Path file) {
    try {
      return file + ": " + Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> differences(
      Map<String, String> ours, Map<String, String> theirs) {
    Map<String, String> differences = new LinkedHashMap<>();
    ours.forEach(
        (key, value) -> {
          if (!value.equals(theirs.get(key))) {
            differences.put(key, value + " / " + theirs.get(key));
          }
        });
    return differences;
  }

  private List<String> fieldNames() {
    return List.copyOf(
        fields(
                OpenSshConfig.read(Path.of("/dev/null"), SURROUNDINGS, new RecordedReport())
                    .lookupAsLocalUser("host"))
            .keySet());
  }

  private Map<String, String> fields(OpenSshHost host) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("hostname", host.hostName());
    fields.put("port", host.port().orElse(22).toString());
    fields.put("user", host.user().orElseThrow());
    raw(host, Option.IDENTITY_FILE, fields, "identityfile", " | ");
    raw(host, Option.CERTIFICATE_FILE, fields, "certificatefile", " | ");
    raw(host, Option.GLOBAL_KNOWN_HOSTS_FILE, fields, "globalknownhostsfile", " ");
    fields.put("userknownhostsfile", userKnownHosts(host));
    fields.put("identityagent", host.identityAgent().map(this::agent).orElse("none"));
    fields.put("identitiesonly", yesNo(host.identitiesOnly()));
    fields.put("checkhostip", yesNo(host.checkHostIp()));
    fields.put("hostkeyalias", host.hostKeyAlias().orElse("none"));
    fields.put("stricthostkeychecking", strict(host));
    fields.put(
        "proxyjump",
        jumps(
            host.raw(Option.PROXY_JUMP)
                .map(values -> Jump.parse(values.get(0)))
                .orElse(List.of())));
    fields.put("ciphers", assembled("ciphers", host.ciphers()));
    fields.put("macs", assembled("macs", host.macs()));
    fields.put("kexalgorithms", assembled("kexalgorithms", host.kexAlgorithms()));
    fields.put("hostkeyalgorithms", assembled("hostkeyalgorithms", host.hostKeyAlgorithms()));
    fields.put("serveraliveinterval", seconds(host.serverAliveInterval(), "0"));
    fields.put("serveralivecountmax", host.serverAliveCountMax().map(String::valueOf).orElse("3"));
    fields.put("connecttimeout", seconds(host.connectTimeout(), "none"));
    fields.put(
        "rekeylimit", host.rekeyLimit().orElse(0L) + " " + seconds(host.rekeyInterval(), "0"));
    fields.put(
        "preferredauthentications",
        host.preferredAuthentications().map(list -> String.join(",", list)).orElse("none"));
    fields.put("pubkeyauthentication", String.valueOf(!host.forbids("publickey")));
    fields.put("passwordauthentication", host.forbids("password") ? "no" : "yes");
    fields.put("kbdinteractiveauthentication", host.forbids("keyboard-interactive") ? "no" : "yes");
    return fields;
  }

  /** As written: ssh -G expands these no further either. */
  private void raw(
      OpenSshHost host, Option option, Map<String, String> fields, String key, String separator) {
    fields.put(
        key,
        host.raw(option)
            .map(values -> String.join(separator, values))
            .orElseGet(() -> String.join(" | ", standard.getOrDefault(key, List.of("none")))));
  }

  private String userKnownHosts(OpenSshHost host) {
    return host.userKnownHostsFiles()
        .map(
            files ->
                files.isEmpty()
                    ? "none"
                    : String.join(" ", files.stream().map(Path::toString).toList()))
        .orElseGet(() -> standard.get("userknownhostsfile").get(0));
  }

  private String agent(OpenSshHost.Agent agent) {
    return agent.socket().map(Path::toString).orElse("none");
  }

  private static String yesNo(Optional<Boolean> value) {
    return value.orElse(false) ? "yes" : "no";
  }

  private static String strict(OpenSshHost host) {
    return host.acceptNew().map(fresh -> fresh ? "accept-new" : "yes").orElse("ask");
  }

  private static String seconds(Optional<Duration> time, String otherwise) {
    return time.map(duration -> String.valueOf(duration.toSeconds())).orElse(otherwise);
  }

  private static String jumps(List<Jump> jumps) {
    return jumps.isEmpty()
        ? "none"
        : String.join(",", jumps.stream().map(Agreement::jump).toList());
  }

  static String jump(Jump jump) {
    String name = jump.host().contains(":") ? "[" + jump.host() + "]" : jump.host();
    return jump.user().map(user -> user + "@").orElse("")
        + name
        + jump.port().map(port -> ":" + port).orElse("");
  }

  /** The list that a change to the standard one comes to. */
  private String assembled(String key, Optional<List<String>> names) {
    List<String> own = List.of(standard.get(key).get(0).split(","));
    if (names.isEmpty()) {
      return String.join(",", own);
    }
    List<String> listed = names.get();
    char change = listed.get(0).charAt(0);
    List<String> bare = listed.stream().map(name -> name.replaceFirst("^[+^-]", "")).toList();
    Stream<String> rest =
        own.stream()
            .filter(
                name ->
                    change == '+'
                        || bare.stream().noneMatch(pattern -> Patterns.matches(name, pattern)));
    List<String> all = new ArrayList<>();
    switch (change) {
      case '+' -> {
        rest.forEach(all::add);
        bare.stream().filter(name -> !all.contains(name)).forEach(all::add);
      }
      case '-' -> rest.forEach(all::add);
      case '^' -> {
        all.addAll(bare);
        rest.forEach(all::add);
      }
      default -> all.addAll(bare);
    }
    return String.join(",", all);
  }
}
