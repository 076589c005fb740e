package culvert.proxy.event;

import culvert.ssh.SshException;

/**
 * Hears what happens in stories, and asks them for the rest. Called on the event loop of the
 * story's client, one call after the other for each story; must not block. What it throws is the
 * teller's defect.
 */
public interface StoryObserver {

  /** A client has asked for a destination. */
  default void started(Story story) {}

  default void routed(Story story) {}

  default void destinationNamed(Story story) {}

  /**
   * It is a data connection of {@link Story#job}.
   *
   * @param request see {@link ConnectionRecorder#belongsTo}
   */
  default void belongsTo(Story story, int request) {}

  /** {@link #ownedBy} will be told. */
  default void ownerAsked(Story story) {}

  /** Perhaps behind {@link #ended}, and once at most. */
  default void ownedBy(Story story, ClientProgram owner) {}

  default void tunnelled(Story story, SshCarrier carrier) {}

  default void tunnelFailed(Story story, SshException cause) {}

  default void inPlaintext(Story story) {}

  default void ftpBegins(Story story) {}

  default void ftpUnreadable(Story story) {}

  /** {@link Story#ftpUser} is one whom the FTP server has let in. */
  default void ftpLoggedIn(Story story) {}

  default void transferAsked(Story story, FtpTransfer transfer) {}

  default void transferAnswered(Story story, int number, int code) {}

  default void fellBack(Story story, String detail) {}

  default void refused(Story story, RefusedWhy why, String detail) {}

  default void keptFromPlaintext(Story story) {}

  /** Once for each story that has started; nothing follows but {@link #ownedBy}. */
  default void ended(Story story, EndReason reason, String detail) {}
}
