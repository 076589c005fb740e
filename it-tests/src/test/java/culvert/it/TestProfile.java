package culvert.it;

import culvert.config.SshProfile;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A profile as it stands in {@code culvert.yaml}, for tests of SSH without the rest of Culvert. */
public final class TestProfile {
  private TestProfile() {}

  /**
   * Reads a profile for a server on 127.0.0.1 that has to be known.
   *
   * @param lines {@code key: value}, in place of what stands for that key otherwise
   */
  public static SshProfile read(int port, Path knownHosts, String... lines) {
    Map<String, String> values = new TreeMap<>();
    values.put("host", "127.0.0.1");
    values.put("port", Integer.toString(port));
    values.put("strict-host-key-checking", "yes");
    values.put("known-hosts", knownHosts.toString());
    values.put("connect-timeout", "20s"); // a cold JVM on a busy machine takes its time
    values.put("login-timeout", "20s");
    values.put("idle-timeout", "0s");
    for (String line : lines) {
      String[] keyAndValue = line.split(": ", 2);
      values.put(keyAndValue[0], keyAndValue[1]);
    }
    List<String> yaml = new ArrayList<>(List.of("profiles:", "  gate:"));
    values.forEach((key, value) -> yaml.add("    " + key + ": " + value));
    return new ConfigLoader(Environment.ofProcess())
        .loadString(String.join("\n", yaml), "test.yaml")
        .orThrow()
        .profiles()
        .get("gate");
  }
}
