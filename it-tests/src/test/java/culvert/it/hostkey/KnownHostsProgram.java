package culvert.it.hostkey;

import culvert.config.HostKeyPolicy;
import culvert.ssh.mina.hostkey.HostKey;
import culvert.ssh.mina.hostkey.HostKeyVerdict;
import culvert.ssh.mina.hostkey.KnownHosts;
import culvert.ssh.mina.hostkey.KnownHostsAppender;
import culvert.ssh.mina.hostkey.LookupNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What Culvert does to known_hosts, as a process of its own: {@code FILE KEY-TYPE KEY COUNT} loads
 * the file and then appends the key for {@code host0} to {@code hostN}. Prints what is wrong.
 */
final class KnownHostsProgram {
  private KnownHostsProgram() {}

  /** The program. */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    HostKey key = new HostKey(arguments[1], arguments[2]);
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(file), Optional.empty(), false);
    try {
      KnownHosts.load(policy.knownHosts());
      for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
        append(policy, "host" + i, key);
      }
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }

  private static void append(HostKeyPolicy policy, String host, HostKey key) throws IOException {
    LookupNames names = LookupNames.of(policy, host, 22, Optional.empty());
    HostKeyVerdict verdict = KnownHostsAppender.append(policy.knownHosts(), names, key);
    if (!verdict.accepted()) {
      System.out.println(verdict.message());
    }
  }

  /** The command line that runs it with this JVM's classes. */
  static List<String> command(Path file, String typeAndKey, int count) {
    String[] words = typeAndKey.split(" ", -1);
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        KnownHostsProgram.class.getName(),
        file.toString(),
        words[0],
        words[1],
        Integer.toString(count));
  }

  /** Without root's leave to read and write what belongs to others. */
  static List<String> unprivileged(List<String> command) {
    List<String> all =
        new java.util.ArrayList<>(
            List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"));
    all.addAll(command);
    return all;
  }
}
