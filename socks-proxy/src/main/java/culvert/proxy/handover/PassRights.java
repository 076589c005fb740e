package culvert.proxy.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * Whether the other end of a UNIX socket may send file descriptors: Linux 6.16 and newer, and older
 * ones always let it. A listening socket passes it on to those who connect.
 */
final class PassRights {
  /** SOL_SOCKET and SO_PASSRIGHTS. */
  private static final IntegerUnixChannelOption OPTION =
      new IntegerUnixChannelOption("SO_PASSRIGHTS", 1, 83);

  private PassRights() {}

  /**
   * Lets it, or does not.
   *
   * @return whether this kernel knows the difference
   */
  static boolean set(Channel channel, boolean let) {
    try {
      return channel.config().setOption(OPTION, let ? 1 : 0);
    } catch (ChannelException e) {
      return false;
    }
  }
}
