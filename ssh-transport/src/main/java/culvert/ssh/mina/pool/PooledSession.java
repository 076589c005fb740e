package culvert.ssh.mina.pool;

import culvert.ssh.SshException;
import culvert.ssh.mina.connection.Clock.Alarm;
import culvert.ssh.mina.connection.SshConnection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the connections of one identity, and who uses it: leases and open channels, or while it is
 * logged in those who wait. Guarded by the pool's lock, but for {@link #connection}.
 */
final class PooledSession {
  private final SessionKey key;
  private final EventLoop loop;
  private final List<SessionRequest> waiting = new ArrayList<>();
  private volatile @Nullable SshConnection connection;
  private @Nullable SessionLogin login;
  private int users;
  private long idleSince;
  private boolean full;
  private boolean retired;
  private Alarm idle = Alarm.NONE;
  private Alarm lifetime = Alarm.NONE;

  /** A session that is being logged in on that loop. */
  PooledSession(SessionKey key, EventLoop loop) {
    this.key = key;
    this.loop = loop;
  }

  SessionKey key() {
    return key;
  }

  /** Where its connection lives. */
  EventLoop loop() {
    SshConnection established = connection;
    return established == null ? loop : established.loop();
  }

  /** How many SSH servers it goes through, and its own. */
  int hops() {
    return key.server().profile().chain().size();
  }

  Duration idleTimeout() {
    return key.server().profile().pooling().idleTimeout();
  }

  void loggedInBy(SessionLogin making) {
    login = making;
  }

  /** How long its login has been, or was, held up by Culvert itself. */
  Duration ownTime() {
    return login == null ? Duration.ZERO : login.ownTime();
  }

  /** See {@link culvert.ssh.SshTransport#unfinished}. */
  Optional<SshException> unfinished() {
    return isEstablished() || login == null ? Optional.empty() : login.unfinished();
  }

  boolean isEstablished() {
    return connection != null;
  }

  /** Only when it is established; any thread. */
  SshConnection connection() {
    return Objects.requireNonNull(connection, "session: not logged in yet");
  }

  /** It is logged in, and takes new users until the alarm goes off. */
  void establish(SshConnection made, Alarm untilRetired) {
    connection = made;
    lifetime = untilRetired;
  }

  void await(SessionRequest request) {
    waiting.add(request);
  }

  /** Whether the request was waiting here. */
  boolean stopWaiting(SessionRequest request) {
    return waiting.remove(request);
  }

  List<SessionRequest> takeWaiting() {
    List<SessionRequest> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** How much goes on here, to be compared with others of its kind. */
  int load() {
    return isEstablished() ? users : waiting.size();
  }

  boolean isIdle() {
    return isEstablished() && users == 0;
  }

  /** One more lease or channel. */
  void enter() {
    users++;
    idle.cancel();
    idle = Alarm.NONE;
  }

  /** One less; true: that was the last. */
  boolean leave() {
    return --users == 0;
  }

  void idleFrom(long now, Alarm alarm) {
    idleSince = now;
    idle.cancel();
    idle = alarm;
  }

  long idleSince() {
    return idleSince;
  }

  /** The server has refused a channel for lack of resources. */
  void markFull() {
    full = true;
  }

  /** A channel was closed: there may be room again. */
  void hasRoom() {
    full = false;
  }

  boolean isFull() {
    return full;
  }

  /** Nobody new gets it, and it is closed when the last user has gone. One way. */
  void retire() {
    retired = true;
    idle.cancel();
    lifetime.cancel();
  }

  boolean isRetired() {
    return retired;
  }
}
