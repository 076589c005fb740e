package culvert.ssh;

import culvert.config.FallbackReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What went wrong, by what the caller can do about it. */
public enum SshFailure {
  CONNECTION_REFUSED(FallbackReason.UNREACHABLE),
  NO_ROUTE(FallbackReason.UNREACHABLE),
  /** Or the name server does not answer. */
  NAME_UNKNOWN(FallbackReason.UNREACHABLE),
  /** No TCP connection, banner, key exchange or login within its deadline: the peer's time. */
  TIMED_OUT(FallbackReason.UNREACHABLE),
  /** The server hung up before the login, speaks no SSH, or shares no algorithm with us. */
  NOT_SSH(FallbackReason.UNREACHABLE),
  /**
   * The host key is changed, revoked, badly signed or, under {@code yes}, unknown: never falls
   * back.
   */
  HOST_KEY(null),
  /** Nothing to log in with. */
  NO_IDENTITY(FallbackReason.NO_IDENTITY),
  /** The server does not take what it was shown. */
  AUTH_FAILED(FallbackReason.AUTH_FAILED),
  /**
   * The server would have gone on, and we could not: it has taken a part of the login and wants
   * more, an agent or a key is not there at the moment, or signs wrongly, the password has expired,
   * or it asks for more than that. Never falls back, since nobody has refused anything.
   */
  LOGIN_UNFINISHED(null),
  /** The server forbids the channel. */
  FORWARDING_REFUSED(FallbackReason.FORWARDING_REFUSED),
  /** The server takes no more channels, on any connection that it lets us have. */
  SESSION_FULL(FallbackReason.FORWARDING_REFUSED),
  /** The server could not connect to the target. */
  TARGET_UNREACHABLE(FallbackReason.TARGET_UNREACHABLE),
  /** It is we who open no channel to that target: never falls back, since no peer said anything. */
  NOT_ALLOWED(null),
  /** An established session ended. */
  SESSION_ENDED(null),
  /**
   * Time has passed, or was up, in Culvert's own queues: names, files, keys; or this host had no
   * socket left. Never falls back, since it says nothing of any peer.
   */
  HELD_UP(null),
  /** Nobody but Culvert is to blame, see {@link Defects}: never falls back, for the same reason. */
  DEFECT(null);

  private final @Nullable FallbackReason fallbackReason;

  SshFailure(@Nullable FallbackReason fallbackReason) {
    this.fallbackReason = fallbackReason;
  }

  /** The word of {@code fallback-on} that covers this failure; empty: it never falls back. */
  public Optional<FallbackReason> fallbackReason() {
    return Optional.ofNullable(fallbackReason);
  }
}
