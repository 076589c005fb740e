package culvert.ssh;

/**
 * An SSH server that listens for us. It does so until {@link #cancel}, until the lease that asked
 * for it is released, or until the SSH session ends, whichever is first. Any thread may call.
 */
public interface RemoteForward {

  /** Where the server listens: the host as it was asked for, and the port that was bound. */
  BindAddress bound();

  /**
   * Stops listening. Connections that were accepted go on; those that come later, or were on their
   * way, are refused. Returns at once; idempotent.
   */
  void cancel();
}
