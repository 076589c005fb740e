package culvert.filter;

/**
 * Decides what becomes of a connection. Implementations are immutable: any thread may ask, without
 * blocking.
 */
public interface FilterEngine {

  /** The first matching rule, top down, or what must be looked up to know it. */
  Decision decide(ConnectionRequest request);

  /** The same decision with the reason why each earlier rule did not match. */
  Explanation explain(ConnectionRequest request);
}
