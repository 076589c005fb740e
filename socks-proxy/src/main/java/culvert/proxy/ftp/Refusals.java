package culvert.proxy.ftp;

import culvert.proxy.door.Refusal;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.SshRefusal;
import culvert.ssh.SshException;

/** What a front door answers when no upstream could be made. */
final class Refusals {
  private Refusals() {}

  static Refusal of(Throwable cause) {
    if (cause instanceof SshException ssh) {
      return SshRefusal.of(ssh.failure());
    }
    return cause instanceof ConnectFailedException connect
        ? connect.refusal()
        : Refusal.GENERAL_FAILURE;
  }
}
