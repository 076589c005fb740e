package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.ssh.SshFailure;

final class UncountedEvents implements ProxyEvents {
  @Override
  public void handshakeFailed(HandshakeFailure failure) {}

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
