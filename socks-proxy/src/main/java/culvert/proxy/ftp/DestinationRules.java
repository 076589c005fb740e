package culvert.proxy.ftp;

import culvert.filter.ConnectionRequest;

/**
 * The rules under which one client's connection began: for destinations that it names only inside
 * its session. Confined to the client channel's event loop.
 */
public interface DestinationRules {

  /**
   * Asks the rules, top down.
   *
   * @param answer is called once, perhaps before this returns, and even if the client has gone
   *     meanwhile
   */
  void decide(ConnectionRequest request, Answer answer);

  /** What came of the question. */
  interface Answer {
    void decided(RoutedRequest routed);

    /**
     * A rule needs what could not be found out here: whoever asked is refused.
     *
     * @param cause that says nothing of the destination, such as too many names in the queue
     */
    void undecided(Throwable cause);

    /** Something went wrong that nobody but Culvert is to blame for, after the question. */
    void defect(Throwable cause);
  }
}
