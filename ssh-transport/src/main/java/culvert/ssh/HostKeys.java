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
