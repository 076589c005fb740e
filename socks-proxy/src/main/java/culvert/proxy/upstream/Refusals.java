package culvert.proxy.upstream;

import culvert.proxy.door.Refusal;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.RefusedWhy;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;

/** What becomes of a client when no upstream could be made. */
public final class Refusals {
  private Refusals() {}

  /** What a front door answers. */
  public static Refusal of(Throwable cause) {
    if (cause instanceof SshException ssh) {
      return of(ssh.failure());
    }
    return cause instanceof ConnectFailedException connect
        ? connect.refusal()
        : Refusal.GENERAL_FAILURE;
  }

  private static Refusal of(SshFailure failure) {
    return switch (failure) {
      case CONNECTION_REFUSED, NOT_SSH, TARGET_UNREACHABLE -> Refusal.CONNECTION_REFUSED;
      case NO_ROUTE -> Refusal.NETWORK_UNREACHABLE;
      case NAME_UNKNOWN -> Refusal.HOST_UNREACHABLE;
      case TIMED_OUT -> Refusal.TIMED_OUT;
      case HOST_KEY, NO_IDENTITY, AUTH_FAILED, LOGIN_UNFINISHED, FORWARDING_REFUSED, NOT_ALLOWED ->
          Refusal.NOT_ALLOWED;
      case SESSION_FULL, SESSION_ENDED, HELD_UP, DEFECT -> Refusal.GENERAL_FAILURE;
    };
  }

  /** Whether nobody but Culvert is to blame: that is no verdict, and is heard of. */
  public static boolean isDefect(Throwable cause) {
    return SshException.of(cause).failure() == SshFailure.DEFECT;
  }

  /** The same for its story. */
  public static RefusedWhy why(Throwable cause) {
    if (cause instanceof SshException ssh) {
      return why(ssh.failure());
    }
    return cause instanceof ConnectFailedException connect
            && connect.refusal() == Refusal.NOT_ALLOWED
        ? RefusedWhy.NOT_ALLOWED
        : RefusedWhy.UNREACHABLE;
  }

  private static RefusedWhy why(SshFailure failure) {
    return switch (failure) {
      case CONNECTION_REFUSED, NOT_SSH, NO_ROUTE, NAME_UNKNOWN, TIMED_OUT, SESSION_ENDED ->
          RefusedWhy.UNREACHABLE;
      case HOST_KEY -> RefusedWhy.HOST_KEY;
      case NO_IDENTITY, AUTH_FAILED, LOGIN_UNFINISHED -> RefusedWhy.LOGIN;
      case FORWARDING_REFUSED, SESSION_FULL -> RefusedWhy.FORWARDING_REFUSED;
      case TARGET_UNREACHABLE -> RefusedWhy.TARGET_UNREACHABLE;
      case NOT_ALLOWED -> RefusedWhy.NOT_ALLOWED;
      case HELD_UP, DEFECT -> RefusedWhy.CULVERT;
    };
  }

  /** How its story ends: it is we who refuse what may not be connected. */
  public static EndReason endReason(Throwable cause) {
    return cause instanceof ConnectFailedException connect
            && connect.refusal() == Refusal.NOT_ALLOWED
        ? EndReason.REFUSED
        : EndReason.UPSTREAM_FAILED;
  }
}
