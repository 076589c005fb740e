package culvert.ssh;

import culvert.config.HostKeyPolicy;
import culvert.config.SshAlgorithms;
import java.io.IOException;
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
   * <p>This takes a few connections.
   *
   * @return in the order of preference; never empty
   * @throws SshException the server could not be reached, or there is nothing in common to prove a
   *     key with
   */
  List<ServerHostKey> fetch(Server server) throws SshException;

  /**
   * Compares the key or certificate that the server shows with what the files say, as a connection
   * that wants to log in does. Writes nothing; what is unknown is not trusted.
   *
   * @throws SshException the server could not be reached, or there is nothing in common to prove a
   *     key with
   * @throws IOException a file cannot be read
   */
  Check check(HostKeyPolicy policy, Server server) throws SshException, IOException;

  /**
   * Writes keys down in the first of the policy's files, under its alias if it has one. All or
   * none: nothing is written if the files know other keys of the server or have one of these as
   * revoked.
   *
   * @param policy with at least one file
   * @return one outcome for each key, in their order
   * @throws IOException a file cannot be read or written
   */
  List<Outcome> add(HostKeyPolicy policy, String host, int port, List<ServerHostKey> keys)
      throws IOException;

  /**
   * The keys that the files have for a server, and it has not: one of its types differs, or none
   * that it has is known.
   *
   * @param keys all that the server has
   * @throws IOException a file cannot be read
   */
  List<StaleKey> stale(HostKeyPolicy policy, String host, int port, List<ServerHostKey> keys)
      throws IOException;

  /**
   * Puts keys in the place of those that are stale, in the first of the policy's files: lines of
   * this server alone, of the types of the new keys, and where no key of the server was known, of
   * the types that it has none of. What the file says of others stays, and what it revokes or lets
   * certify. All or nothing; the file is replaced as a whole, and keeps its owner and mode.
   *
   * @param policy with at least one file
   * @param offered all that the server has
   * @param confirmed those of them that somebody has compared
   * @return one outcome for each confirmed key; all refused where a stale one cannot be taken out,
   *     since it stands in another file or under a pattern
   * @throws IOException a file cannot be read or written
   */
  List<Outcome> replace(
      HostKeyPolicy policy,
      String host,
      int port,
      List<ServerHostKey> offered,
      List<ServerHostKey> confirmed)
      throws IOException;

  /**
   * Whom to ask.
   *
   * @param algorithms those of the connections that the answer is for
   * @param deadline for each connection
   */
  record Server(String host, int port, SshAlgorithms algorithms, Duration deadline) {}

  /**
   * What is to be thought of a server.
   *
   * @param message names the host, its key, and the line of the file that decides
   */
  record Check(Trust trust, String message) {
    /** Why. */
    public enum Trust {
      /** The key is known. */
      KEY,
      /** An authority that is known has certified the key. */
      CERTIFICATE,
      /** It is not to be trusted. */
      NONE
    }
  }

  /**
   * A server's public key.
   *
   * @param type on the wire: {@code ssh-ed25519}
   * @param base64 as in a known_hosts file
   * @param fingerprint {@code SHA256:...}
   */
  record ServerHostKey(String type, String base64, String fingerprint) {}

  /**
   * A key that the files have, and the server has not.
   *
   * @param location {@code FILE:LINE}
   * @param ours whether it stands in the file that Culvert writes
   */
  record StaleKey(ServerHostKey key, String location, boolean ours) {}

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
