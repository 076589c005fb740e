package culvert.proxy.event;

import culvert.ssh.SshException;

/** A story's share of what is counted. */
final class StoryCounts implements StoryObserver {
  private final ProxyEvents events;

  StoryCounts(ProxyEvents events) {
    this.events = events;
  }

  @Override
  public void started(Story story) {
    events.connectionStarted();
  }

  @Override
  public void tunnelFailed(Story story, SshException cause) {
    events.tunnelFailed(cause.failure());
  }

  @Override
  public void fellBack(Story story, String detail) {
    story.fallback().ifPresent(events::fellBack);
  }

  @Override
  public void keptFromPlaintext(Story story) {
    events.keptFromPlaintext();
  }

  @Override
  public void ended(Story story, EndReason reason, String detail) {
    events.connectionEnded(reason);
  }
}
