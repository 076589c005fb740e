package culvert.proxy.socks;

import culvert.config.FallbackReason;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.SshFailure;
import java.util.List;

/** Remembers how handshakes failed. */
record RecordedFailures(List<HandshakeFailure> failures) implements ProxyEvents {
  @Override
  public void handshakeFailed(HandshakeFailure failure) {
    failures.add(failure);
  }

  @Override
  public void connectionStarted() {}

  @Override
  public void tunnelFailed(SshFailure failure) {}

  @Override
  public void fellBack(FallbackReason reason) {}

  @Override
  public void keptFromPlaintext() {}

  @Override
  public void pinNotWritten() {}

  @Override
  public void connectionEnded(EndReason reason) {}
}
