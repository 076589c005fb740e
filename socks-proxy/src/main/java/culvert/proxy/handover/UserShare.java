package culvert.proxy.handover;

import io.netty.channel.EventLoopGroup;

/**
 * What one user's commands have of this process: a loop of their own, on which a socket that the
 * user has handed over, and can have block, holds up nobody else. Guarded by {@link UserShares}.
 */
final class UserShare {
  private final EventLoopGroup loop;
  private int namespaces;

  UserShare(EventLoopGroup loop) {
    this.loop = loop;
  }

  /** Of one thread. */
  EventLoopGroup loop() {
    return loop;
  }

  int namespaces() {
    return namespaces;
  }

  void add(int more) {
    namespaces += more;
  }
}
