package culvert.filter;

import java.util.Set;

/**
 * Decides what becomes of a connection. Implementations are immutable: any thread may ask, without
 * blocking.
 *
 * <p>An address may have names ({@link ConnectionRequest#names}), which rules match as if the
 * client had given them. But whoever has such a name says what it stands for, and must bring nobody
 * else's connection into plaintext by that: where the rules that do not match by such a name alone
 * would decide for less plaintext than one that does, that one is passed over, or, if it tunnels,
 * counts without its fallback.
 */
public interface FilterEngine {

  /** The first matching rule, top down, or what must be looked up to know it. */
  Decision decide(ConnectionRequest request);

  /**
   * The names that rules spell out and by which they may match an address that a client has given,
   * if that is asked for: in lower case, of rules that can match at a {@code redirect} listener.
   */
  Set<String> names();

  /** The same decision with the reason why each earlier rule did not match. */
  Explanation explain(ConnectionRequest request);
}
