package culvert.proxy.upstream;

import culvert.proxy.door.Refusal;
import culvert.ssh.SshException;

/** What a front door answers when no upstream could be made. */
public final class Refusals {
  private Refusals() {}

  public static Refusal of(Throwable cause) {
    if (cause instanceof SshException ssh) {
      return SshRefusal.of(ssh.failure());
    }
    return cause instanceof ConnectFailedException connect
        ? connect.refusal()
        : Refusal.GENERAL_FAILURE;
  }
}
