package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigResult;
import culvert.config.SshProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The profile {@code p}, and the ssh_config that it names, in a home directory of their own. */
public final class SshConfigFile {
  private final Path home;
  private final Path path;

  /** Empty at first. */
  public SshConfigFile(Path home) throws IOException {
    this.home = home;
    this.path = Files.createFile(home.resolve("ssh_config"));
    Files.createDirectories(home.resolve(".ssh"));
  }

  Path path() {
    return path;
  }

  public void write(String... lines) throws IOException {
    Files.writeString(path, String.join("\n", lines));
  }

  /** Loads a {@code culvert.yaml}. */
  public ConfigResult load(String... lines) {
    Environment environment =
        new Environment(
            Map.of("SSH_AUTH_SOCK", "/run/agent"), home, home, home.resolve("etc"), "joe");
    return new ConfigLoader(environment).loadString(String.join("\n", lines), "c.yaml");
  }

  /** What {@code p} has in a {@code culvert.yaml}: the file, and such keys. */
  public String keys(String further) {
    return "{ssh-config: " + path + (further.isEmpty() ? "" : ", " + further) + "}";
  }

  /** The profile with such further keys, where the file says that. */
  public SshProfile profile(String keys, String... lines) throws IOException {
    write(lines);
    return loaded("profiles:", "  p: " + keys(keys));
  }

  /** The profile where OpenSSH's own files are read. */
  public SshProfile profileOfStandardFiles() {
    return loaded("profiles: {p: {ssh-config: true}}");
  }

  /** The profile in that {@code culvert.yaml}. */
  public SshProfile loaded(String... lines) {
    SshProfile profile = load(lines).orThrow().profiles().get("p");
    assertThat(profile).isNotNull();
    return profile;
  }

  /** What is wrong where the file says that. */
  public List<String> problems(String... lines) throws IOException {
    write(lines);
    return load("profiles:", "  p: " + keys("")).problems().stream()
        .map(problem -> problem.toString().replace(home + "/", ""))
        .toList();
  }
}
