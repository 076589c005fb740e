package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.data.DataTaker;
import org.jspecify.annotations.Nullable;

/** One port of one session. Guarded by the lock of the session's table. */
final class AnnouncedPort {
  private final Announcements session;
  private final int port;
  private final int request;
  private final boolean serversOwn;
  private final long announcedAt;
  private @Nullable DataTaker taker;

  /**
   * @param request which passive command it answers
   * @param serversOwn whether the server listens there; else the client was told another number
   * @param announcedAt in nanoseconds
   * @param taker null: nobody is expected
   */
  AnnouncedPort(
      Announcements session,
      int port,
      int request,
      boolean serversOwn,
      long announcedAt,
      @Nullable DataTaker taker) {
    this.session = session;
    this.port = port;
    this.request = request;
    this.serversOwn = serversOwn;
    this.announcedAt = announcedAt;
    this.taker = taker;
  }

  Announcements session() {
    return session;
  }

  int port() {
    return port;
  }

  int request() {
    return request;
  }

  /** Who takes the client that is expected; null: nobody is. */
  @Nullable DataTaker taker(long now) {
    return isRecent(now) ? taker : null;
  }

  /** Whether the server may listen there at this moment: then nobody else is let through to it. */
  boolean stands(long now) {
    return serversOwn
        && session.isUnderWay(request)
        && (session.hasClaimed(request) || isRecent(now));
  }

  private boolean isRecent(long now) {
    return now - announcedAt <= ExpectedDataConnections.VALID_FOR.toNanos();
  }

  void spend() {
    taker = null;
  }
}
