package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.ssh.SshFailure;

/**
 * What is counted. Called from any event loop, without anything that a client controls: every
 * parameter has few values.
 *
 * <p>Every {@link #connectionStarted} is followed by exactly one {@link #connectionEnded}.
 */
public interface ProxyEvents {

  /** Counts nothing. */
  ProxyEvents NONE = new UncountedEvents();

  void handshakeFailed(HandshakeFailure failure);

  /** A client has asked for a destination. */
  void connectionStarted();

  void tunnelFailed(SshFailure failure);

  void fellBack(FallbackReason reason);

  /** A pinned destination was not connected in plaintext although the rule would have it. */
  void keptFromPlaintext();

  /** A destination that was tunnelled could not be remembered. */
  void pinNotWritten();

  void connectionEnded(EndReason reason);
}
