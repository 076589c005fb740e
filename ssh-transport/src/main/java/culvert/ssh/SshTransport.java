package culvert.ssh;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes and keeps SSH sessions. Every method returns at once, from any thread; futures complete on
 * the given loop, and fail with {@link SshException} only.
 */
public interface SshTransport extends AutoCloseable {

  /**
   * Loads, in a moment and elsewhere, what the first session of a process would wait for. For
   * whoever stays, once it is ready.
   */
  default void warmUp() {}

  /**
   * Connects and exchanges keys ahead of a login, so that {@link #connect} finds that done. Where a
   * session or an unused connection to the server already stands, there is nothing to do.
   *
   * @param client on whose behalf; sessions are not shared between client hosts
   * @param via the session of the hop that the server is reached through, as in {@link
   *     SshSessionSpec}; it is made at once, and its passwords are read until the preparation is
   *     ready
   */
  Preparation prepare(
      SshServer server, InetAddress client, Optional<SshSessionSpec> via, EventLoop loop);

  /**
   * A session with the given identity: one that is kept from an earlier job, or a new login over a
   * prepared or a new connection. The caller owns the returned lease and must {@link
   * SshSession#release} it.
   *
   * <p>The passwords are read until the future completes; the caller wipes them.
   */
  Future<SshSession> connect(SshSessionSpec spec, EventLoop loop);

  /**
   * For how long what {@link #connect} waits for, by such a specification, has been held up by
   * Culvert itself until now: names, files, keys. That is no evidence about the server.
   */
  default Duration heldUp(SshSessionSpec spec) {
    return Duration.ZERO;
  }

  /**
   * What a login that {@link #connect} waits for, by such a specification, has left undone although
   * the server would have gone on with it ({@link SshFailure#LOGIN_UNFINISHED}): whoever waits no
   * longer has that for a reason, and not the time. Any thread.
   */
  default Optional<SshException> unfinished(SshSessionSpec spec) {
    return Optional.empty();
  }

  /**
   * This transport, with the names that it looks up counted as that asker's. To close what this
   * returns does nothing.
   */
  default SshTransport onBehalfOf(Asker asker) {
    return this;
  }

  /**
   * Waits until no channel is open, so that what is broken off can say so before {@link #close}.
   * Blocks: not on an event loop.
   *
   * @param patience at most so long
   */
  void awaitChannelsClosed(Duration patience) throws InterruptedException;

  /** Closes every session at once. Idempotent. */
  @Override
  void close();

  /** A connection that is being made ahead of its login. */
  interface Preparation {

    /** Succeeds when the server took the TCP connection. */
    Future<Void> reached();

    /** Succeeds when keys are exchanged and the host key is verified: ready for a login. */
    Future<Void> ready();

    /** For how long it has been held up by Culvert itself until now. */
    default Duration heldUp() {
      return Duration.ZERO;
    }
  }
}
