package culvert.proxy.ftp;

import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.ftp.core.ControlEvent;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.upstream.Upstream;
import io.netty.channel.socket.DuplexChannel;

/**
 * Who has the word on a control connection. One has it at a time, and passes it on; what it does
 * not speak of below means nothing to it. Confined to the session's loop.
 */
interface Conversation {

  /** Whether the next thing that the client has sent may be {@link #take taken} now. */
  default boolean takes(ClientInput next) {
    return false;
  }

  /**
   * Takes a command over, which may hold a password.
   *
   * @param followed whether more of them have come with it
   */
  default void take(Command command, boolean followed) {
    throw new IllegalStateException("FTP session: " + command + " is for nobody");
  }

  /** The next thing that the client has sent was not taken, and waits until it is. */
  default void keepsWaiting(ClientInput next) {}

  /** Whether the client is read while nothing of it waits. */
  default boolean listens() {
    return false;
  }

  /** Whether the client is read although more of it may wait, because an ABOR may come. */
  default boolean listensBeyond() {
    return false;
  }

  /** The client will send no more; what it has sent may still wait. */
  default void clientEnds() {}

  /** All that the client has sent was taken, and there will be no more of it. */
  default void clientEnded() {}

  /** The client is gone. */
  void clientGone(String detail);

  /** Bytes of the client's that are no commands any more. */
  default void clientBytes(byte[] bytes) {}

  /** Whether what the client sends is made of commands. */
  default boolean understands() {
    return true;
  }

  /** A line of the server's. */
  default void replied(ReplyLine line) {}

  /** The server's EOF, behind everything that it has said. */
  default void serverEnded() {}

  /** The server is there no more. */
  void serverLost(String why);

  /** The upstream that was asked for stands. */
  default void opened(DuplexChannel control, Upstream upstream) {
    control.close();
    upstream.release();
  }

  /** No upstream could be made. */
  default void failed(Exception cause) {}

  /** Something about data connections, or about an answer that was asked for. */
  default void happened(ControlEvent event) {}

  /**
   * A data connection is about to be closed before its client has sent everything.
   *
   * @param then closes it
   */
  default void beforeBreakingOff(int request, Runnable then) {
    then.run();
  }

  /** Nobody has it any more. */
  final class Over implements Conversation {
    @Override
    public void clientGone(String detail) {
      // The session's end is told of.
    }

    @Override
    public void serverLost(String why) {
      // The session's end is told of.
    }
  }
}
