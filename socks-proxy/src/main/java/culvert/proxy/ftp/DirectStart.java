package culvert.proxy.ftp;

import culvert.proxy.upstream.Opening;
import culvert.ssh.Password;
import java.util.Optional;

/** A session in plaintext: the real greeting is relayed, and no login is ever captured. */
record DirectStart(Opening opening) implements SessionWay.Opener {

  @Override
  public void open(byte[] user, Optional<Password> password) {
    throw new IllegalStateException("FTP session: nothing is captured here");
  }

  @Override
  public void cancel() {
    opening.cancel();
  }
}
