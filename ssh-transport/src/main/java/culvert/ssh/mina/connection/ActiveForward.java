package culvert.ssh.mina.connection;

import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.RemoteForward;
import culvert.ssh.mina.io.Loops;
import io.netty.util.concurrent.Promise;

/** A forward that the server has agreed to. Confined to the event loop, but for the border. */
final class ActiveForward implements RemoteForward {
  private final RemoteForwards forwards;
  private final BindAddress bound;
  private final ForwardedConnections connections;
  private final Promise<Void> gone;

  private volatile boolean cancelled; // at once, while the loop may still be busy
  private boolean ended;
  private int openChannels;

  /**
   * A forward that lives.
   *
   * @param gone completed when it has ended and the last channel that it accepted is closed
   */
  ActiveForward(
      RemoteForwards forwards,
      BindAddress bound,
      ForwardedConnections connections,
      Promise<Void> gone) {
    this.forwards = forwards;
    this.bound = bound;
    this.connections = connections;
    this.gone = gone;
  }

  @Override
  public BindAddress bound() {
    return bound;
  }

  @Override
  public void cancel() {
    cancelled = true;
    Loops.post(forwards.loop(), () -> forwards.cancel(this));
  }

  ForwardedConnections connections() {
    return connections;
  }

  boolean listensOn(int port) {
    return bound.port() == port && !cancelled;
  }

  void channelOpened() {
    assert Loops.isOn(forwards.loop());
    openChannels++;
  }

  void channelClosed() {
    assert Loops.isOn(forwards.loop());
    openChannels--;
    completeIfGone();
  }

  void ended() {
    assert Loops.isOn(forwards.loop());
    ended = true;
    completeIfGone();
  }

  private void completeIfGone() {
    if (ended && openChannels == 0) {
      gone.trySuccess(null);
    }
  }

  @Override
  public String toString() {
    return "remote forward " + bound;
  }
}
