package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.Inet4Address;
import java.util.Optional;

/**
 * Where a session's client comes for its data in passive mode: through the front door, to a
 * listener, to a remote forward. One announcement allows one connection. Confined to the session's
 * loop.
 */
public interface PassivePorts {

  /**
   * What the client is told.
   *
   * @param address for a {@code 227}; empty: the client has asked with EPSV
   */
  record Announced(Optional<Inet4Address> address, int port) {

    /** The line for the client. */
    public byte[] line(ControlEffect.Announce asked) {
      return asked.extended() || address.isEmpty()
          ? PassiveReply.encode229(port)
          : PassiveReply.encode227(address.get(), port);
    }
  }

  /**
   * Expects one connection for a port of the server's.
   *
   * @param request which passive command of the client's it answers
   * @param reply the server's announcement
   * @param extended whether the client asked with EPSV, and needs no address
   * @param taker is given the client when it has come
   * @return completes on the session's loop; failed, its message is for the client
   */
  Future<Announced> expect(int request, PassiveReply reply, boolean extended, DataTaker taker);

  /**
   * A passive command is about to reach the server. Until the client has come for what is announced
   * for it, or {@link #settled} ends it, whatever a client that comes through the front door wants
   * of this server is data.
   *
   * @param request counts them
   */
  default void awaitData(int request) {}

  /** The transfer has had its final reply that came after this passive command. */
  default void settled(int request) {}

  /**
   * What the server announces can be read no more: where clients come through the front door, they
   * are taken to any port that they ask for.
   *
   * @return completes on the session's loop when they come there; failed, they do not, and the
   *     session cannot go on
   */
  default Future<?> expectAnyPort() {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(null);
  }

  /**
   * The way to the server is gone: no data connection takes it any more.
   *
   * @return whether anything is held until {@link #close}, which has to be called then
   */
  boolean stop();

  /** Nothing is expected or held any more. Idempotent. */
  void close();
}
