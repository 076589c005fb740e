package culvert.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Host keys for {@code culvert trust}: what a server has, and writing it down. Blocks: for command
 * lines, never for event loops. Never logs in.
 */
public interface HostKeys {

  /**
   * Asks the server for its host keys, one per type that it has, each proven by a key exchange.
   *
   * @param deadline for each of the few connections that this takes
   * @return in OpenSSH's order of preference; never empty
   * @throws SshException the server could not be reached, or speaks no SSH
   */
  List<ServerHostKey> fetch(String host, int port, Duration deadline) throws SshException;

  /**
   * Writes keys down in the first of the files. All or none: nothing is written if the files know
   * other keys of the server or have one of these as revoked.
   *
   * @param knownHosts as a profile lists them; at least one
   * @return one outcome for each key, in their order
   * @throws IOException a file cannot be read or written
   */
  List<Outcome> add(List<Path> knownHosts, String host, int port, List<ServerHostKey> keys)
      throws IOException;

  /**
   * A server's public key.
   *
   * @param type on the wire: {@code ssh-ed25519}
   * @param base64 as in a known_hosts file
   * @param fingerprint {@code SHA256:...}
   */
  record ServerHostKey(String type, String base64, String fingerprint) {}

  /** What became of one key. */
  record Outcome(ServerHostKey key, Kind kind, String message) {
    /** In what way. */
    public enum Kind {
      ADDED,
      /** It was there already. */
      KNOWN,
      /** Nothing was written, because of this key or another one. */
      REFUSED
    }
  }
}
