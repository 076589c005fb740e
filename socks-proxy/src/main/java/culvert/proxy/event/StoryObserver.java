package culvert.proxy.event;

import culvert.ssh.SshFailure;

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

  default void tunnelled(Story story, String sshUser) {}

  default void tunnelFailed(Story story, SshFailure failure) {}

  default void fellBack(Story story, String detail) {}

  default void keptFromPlaintext(Story story) {}

  default void fromClient(Story story, long bytes) {}

  default void toClient(Story story, long bytes) {}

  /** Once for each story that has started; nothing follows. */
  default void ended(Story story, EndReason reason, String detail) {}
}
