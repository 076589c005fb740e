package culvert.proxy.event;

/**
 * Hears what happens in jobs. Called one call after the other for each job, on the loop of the
 * connection that it happens to or, when the daemon ends, on the thread that ends it; must not
 * block.
 */
public interface JobObserver {

  /** Nothing more will be found out of who runs the client. */
  default void ownerKnown(Job job) {}

  /**
   * One of the job's connections has got another way, another rule, or another meaning; told before
   * the bytes that go there.
   */
  default void goesOn(Job job, Story connection) {}

  /** It goes in plaintext since no tunnel could be made. */
  default void fellBack(Job job, String detail) {}

  /** What was asked for is refused: the connection, or a login that another one may follow. */
  default void refused(Job job, RefusedWhy why, String detail) {}

  /** A data connection of the job has ended, and all is known of it. */
  default void transferEnded(Job job, EndedTransfer transfer) {}

  /** Once for each job, behind the ends of its transfers. */
  default void ended(Job job, EndedJob end) {}
}
