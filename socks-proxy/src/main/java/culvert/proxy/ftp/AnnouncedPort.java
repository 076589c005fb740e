package culvert.proxy.ftp;

import org.jspecify.annotations.Nullable;

/** One port of one session. Guarded by the lock of the session's table. */
final class AnnouncedPort {
  private final Announcements session;
  private final int port;
  private final long announcedAt;
  private @Nullable DataTaker taker;

  /**
   * @param taker null: spent
   * @param announcedAt in nanoseconds
   */
  AnnouncedPort(Announcements session, int port, @Nullable DataTaker taker, long announcedAt) {
    this.session = session;
    this.port = port;
    this.taker = taker;
    this.announcedAt = announcedAt;
  }

  Announcements session() {
    return session;
  }

  int port() {
    return port;
  }

  /** Who takes the client that is expected; null: nobody is. */
  @Nullable DataTaker taker(long now) {
    return now - announcedAt <= ExpectedDataConnections.VALID_FOR.toNanos() ? taker : null;
  }

  void spend() {
    taker = null;
  }
}
