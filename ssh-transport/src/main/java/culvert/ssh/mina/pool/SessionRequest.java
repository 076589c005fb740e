package culvert.ssh.mina.pool;

import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.connection.DialFailures;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who wants a place on a session, and what to log in with where that takes a login.
 * Thread-safe, but for what only the pool may call, under its lock.
 */
final class SessionRequest {
  private final SessionKey key;
  private final SshSessionSpec spec;
  private final EventLoop loop;
  private final Promise<PooledSession> granted;
  private final Set<PooledSession> refusedBy; // guarded by the pool
  private final Optional<InetAddress> address;
  private @Nullable SshException failure; // guarded by the pool

  private SessionRequest(
      SessionKey key,
      SshSessionSpec spec,
      EventLoop loop,
      Set<PooledSession> refusedBy,
      Optional<InetAddress> address) {
    this.key = key;
    this.spec = spec;
    this.loop = loop;
    this.granted = loop.newPromise();
    this.refusedBy = refusedBy;
    this.address = address;
  }

  /** A request that has a copy of the password, for {@link #wipe} to overwrite. */
  static SessionRequest of(SessionKey key, SshSessionSpec spec, EventLoop loop) {
    return new SessionRequest(key, ownCopy(spec), loop, Set.of(), Optional.empty());
  }

  private static SshSessionSpec ownCopy(SshSessionSpec spec) {
    return new SshSessionSpec(
        spec.server(),
        spec.user(),
        spec.password().map(password -> new Password(password.copy())),
        spec.client(),
        spec.via().map(SessionRequest::ownCopy),
        spec.asker());
  }

  /** Overwrites the passwords of a specification, those of the hops before it included. */
  static void wipe(SshSessionSpec spec) {
    spec.password().ifPresent(Password::close);
    spec.via().ifPresent(SessionRequest::wipe);
  }

  /**
   * The same for another session than the ones that took no channel, but with the same address:
   * where a channel leads may have been chosen by that.
   */
  SessionRequest elsewhere(PooledSession full) {
    Set<PooledSession> all = new HashSet<>(refusedBy);
    all.add(full);
    return new SessionRequest(key, spec, loop, all, full.connection().serverAddress());
  }

  SessionKey key() {
    return key;
  }

  EventLoop loop() {
    return loop;
  }

  /** What to log in with; its password is the caller's own to wipe. */
  SshSessionSpec newSpec() {
    return ownCopy(spec);
  }

  /** Every connection is full, and there may be no more of them. */
  SshException noRoom() {
    return DialFailures.failure(
        SshFailure.FORWARDING_REFUSED, key.server(), "takes no more channels, on no connection");
  }

  /** Completes on the request's loop, with a session that counts the requester as a user. */
  Future<PooledSession> granted() {
    return granted;
  }

  /** Whether anybody waited for it. */
  boolean grant(PooledSession session) {
    return granted.trySuccess(session);
  }

  void fail(SshException why) {
    granted.tryFailure(why);
  }

  /** Overwrites the password: no login will be made for this request any more. Idempotent. */
  void wipe() {
    wipe(spec);
  }

  /** Whether that session would do, as far as one can tell before it is logged in. */
  boolean accepts(PooledSession session) {
    return !refusedBy.contains(session)
        && (address.isEmpty()
            || !session.isEstablished()
            || session.connection().serverAddress().equals(address));
  }

  /** A login that this request waited for has failed: it asks for no other. */
  void loginFailed(SshException why) {
    failure = why;
  }

  Optional<SshException> failure() {
    return Optional.ofNullable(failure);
  }
}
