package culvert.proxy.ftp;

import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.PassiveReply;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a session's client comes for its data in passive mode: through the front door, to a
 * listener, to a remote forward. One announcement allows one connection. Confined to the session's
 * loop.
 */
public interface PassivePorts {

  /**
   * What the client is told.
   *
   * @param address for a {@code 227}; empty: there is no IPv4 address that would be any use
   */
  record Announced(Optional<Inet4Address> address, int port) {

    /** The line for the client. */
    byte[] line(ControlEffect.Passive passive) {
      if (passive.extended()) {
        return PassiveReply.encode229(port);
      }
      if (address.isPresent()) {
        return PassiveReply.encode227(address.get(), port);
      }
      return passive.reply().address().isPresent()
          ? passive.line().raw()
          : PassiveReply.encode229(port);
    }
  }

  /**
   * Expects one connection for a port of the server's.
   *
   * @param reply the server's announcement
   * @param extended whether the client asked with EPSV, and needs no address
   * @param taker is given the client when it has come
   * @return completes on the session's loop; failed, its message is for the client
   */
  Future<Announced> expect(PassiveReply reply, boolean extended, DataTaker taker);

  /**
   * What the server announces can be read no more: where clients come through the front door, they
   * are taken to any port that they ask for.
   *
   * @param takers by the port, in the form of the announcement that nobody has seen
   */
  default void expectAnyPort(Function<PassiveReply, DataTaker> takers) {}

  /**
   * The way to the server is gone: no data connection takes it any more.
   *
   * @return whether announced ports are held until {@link #close}
   */
  boolean stop();

  /** Nothing is expected or held any more. Idempotent. */
  void close();
}
