package culvert.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a {@code culvert.yaml}: one SOCKS listener on a free port, one rule that sends one FTP
 * port through one SSH server. Only that server's host key is known.
 */
public final class TestConfig {
  private final Path directory;
  private final int ftpPort;
  private final List<String> profile = new ArrayList<>();
  private final List<String> otherProfiles = new ArrayList<>();
  private final List<String> rule = new ArrayList<>();
  private final List<String> top = new ArrayList<>();
  private List<String> listeners = List.of("name: socks, socks: 127.0.0.1:0");
  private String match;

  private TestConfig(Path directory, int sshPort, int ftpPort) {
    this.directory = directory;
    this.ftpPort = ftpPort;
    this.match = "port: " + ftpPort;
    rule.add("action: ftp-tunnel");
    profile.add("host: 127.0.0.1");
    profile.add("port: " + sshPort);
    profile.add("strict-host-key-checking: yes");
    profile.add("known-hosts: " + knownHosts());
    profile.add("connect-timeout: 20s"); // a cold JVM on a busy machine takes its time
    profile.add("login-timeout: 20s");
    profile.add("idle-timeout: 2s");
    top.add("pin-tunnelled: false");
    top.add("state-directory: " + directory.resolve("state"));
  }

  /**
   * One rule that sends one FTP port through one SSH server.
   *
   * @param directory for known_hosts and state
   * @param knownHostsLines the whole known_hosts file
   */
  public static TestConfig tunnel(
      Path directory, int sshPort, int ftpPort, String... knownHostsLines) throws IOException {
    TestConfig config = new TestConfig(directory, sshPort, ftpPort);
    Files.write(config.knownHosts(), List.of(knownHostsLines));
    return config;
  }

  /** Adds a key to the profile, or replaces it. */
  public TestConfig profile(String key, Object value) {
    return put(profile, key, value);
  }

  /** Adds one more profile, in YAML's flow style without the braces. */
  public TestConfig alsoProfile(String name, String flow) {
    otherProfiles.add("  " + name + ": { " + flow + " }");
    return this;
  }

  /** Adds a key to the rule, or replaces it. */
  public TestConfig rule(String key, Object value) {
    return put(rule, key, value);
  }

  /** Adds a key to the top level, or replaces it. */
  public TestConfig top(String key, Object value) {
    return put(top, key, value);
  }

  /** Replaces the SOCKS listener's keys, in YAML's flow style without the braces. */
  public TestConfig listener(String flow) {
    return listeners("name: socks, " + flow);
  }

  /** Replaces the listeners; each in YAML's flow style without the braces. */
  public TestConfig listeners(String... flows) {
    listeners = List.of(flows);
    return this;
  }

  /** Replaces what the rule matches, in YAML's flow style without the braces. */
  public TestConfig match(String flow) {
    match = flow;
    return this;
  }

  public Path knownHosts() {
    return directory.resolve("known_hosts");
  }

  public String yaml() {
    StringBuilder yaml = new StringBuilder();
    yaml.append("listeners:\n");
    listeners.forEach(flow -> yaml.append("  - { ").append(flow).append(" }\n"));
    yaml.append("profiles:\n  gate:\n");
    profile.forEach(line -> yaml.append("    ").append(line).append('\n'));
    otherProfiles.forEach(line -> yaml.append(line).append('\n'));
    yaml.append("rules:\n  - name: jobs\n    match: { ").append(match).append(" }\n");
    yaml.append("    profile: gate\n");
    rule.forEach(line -> yaml.append("    ").append(line).append('\n'));
    yaml.append("ftp: { ports: [").append(ftpPort).append("] }\n");
    top.forEach(line -> yaml.append(line).append('\n'));
    return yaml.toString();
  }

  /** Writes the file and returns it. */
  public Path write() throws IOException {
    Path file = directory.resolve("culvert.yaml");
    Files.writeString(file, yaml());
    return file;
  }

  private TestConfig put(List<String> lines, String key, Object value) {
    lines.removeIf(line -> line.startsWith(key + ":"));
    lines.add(key + ": " + value);
    return this;
  }
}
