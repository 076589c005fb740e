package culvert.proxy.relay;

import culvert.proxy.event.ConnectionRecorder;
import io.netty.channel.socket.DuplexChannel;

/** Relays a client channel and its upstream channel, which may live on different event loops. */
public final class Relay {
  private Relay() {}

  /**
   * Starts relaying and reading. An EOF is passed on after the bytes before it; when both
   * directions have ended, both channels are closed. Whatever else ends one channel resets the
   * other: SO_LINGER 0 on TCP, an SSH channel breaks off.
   *
   * <p>Call on the client's event loop; the relay takes both channels over.
   */
  public static void start(
      DuplexChannel client,
      DuplexChannel upstream,
      ConnectionRecorder recorder,
      RelayListener listener) {
    throw new IllegalStateException("relay: not landed yet");
  }
}
