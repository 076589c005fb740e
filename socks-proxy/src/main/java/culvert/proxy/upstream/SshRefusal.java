package culvert.proxy.upstream;

import culvert.proxy.door.Refusal;
import culvert.ssh.SshFailure;

/** What a client that still waits for its front door's answer is told of a tunnel's failure. */
public final class SshRefusal {
  private SshRefusal() {}

  public static Refusal of(SshFailure failure) {
    return switch (failure) {
      case CONNECTION_REFUSED, NOT_SSH, TARGET_UNREACHABLE -> Refusal.CONNECTION_REFUSED;
      case NO_ROUTE -> Refusal.NETWORK_UNREACHABLE;
      case NAME_UNKNOWN -> Refusal.HOST_UNREACHABLE;
      case TIMED_OUT -> Refusal.TIMED_OUT;
      case HOST_KEY, NO_IDENTITY, AUTH_FAILED, LOGIN_UNFINISHED, FORWARDING_REFUSED ->
          Refusal.NOT_ALLOWED;
      case SESSION_FULL, SESSION_ENDED, HELD_UP -> Refusal.GENERAL_FAILURE;
    };
  }
}
