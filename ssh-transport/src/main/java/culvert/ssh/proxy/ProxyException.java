package culvert.ssh.proxy;

import culvert.ssh.SshFailure;
import java.io.IOException;

/** A proxy made no connection. The message tells the proxy's reason, in our words. */
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final SshFailure failure;

  ProxyException(SshFailure failure, String message) {
    super(message);
    this.failure = failure;
  }

  public SshFailure failure() {
    return failure;
  }
}
