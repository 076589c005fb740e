package culvert.proxy.owner;

/** What is known of the owner of a client's socket. */
public sealed interface SocketOwner {

  /** Nobody has looked yet. */
  record NotLookedUp() implements SocketOwner {}

  /** The client is on another host, has closed its socket, or there is no {@code /proc} here. */
  record Unknown() implements SocketOwner {}

  /**
   * A socket that a process has open.
   *
   * @param uid whose process made the socket
   * @param inode the socket's number in this kernel; 0: it is in a command's namespace, where
   *     nobody looks for it
   */
  record Known(long uid, long inode) implements SocketOwner {

    /** One in a command's namespace, whose user was told in another way. */
    static Known elsewhere(long uid) {
      return new Known(uid, 0);
    }

    /** Whether that socket is of the same user. */
    public boolean isSameUserAs(SocketOwner other) {
      return other instanceof Known known && known.uid == uid;
    }
  }
}
