package culvert.proxy.ftp.data;

import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.Endpoints;
import culvert.proxy.relay.Closing;
import culvert.ssh.PlainWords;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where clients come in that were waited for with their data. Thread-safe. */
public record DataDoor(ConnectionLimits limits, OpenConnections connections) {
  private static final Logger LOG = LoggerFactory.getLogger(DataDoor.class);

  /** Lets the client in; it counts like any other. On its channel's loop. */
  public void enter(AcceptedClient client, DataTaker taker) {
    Channel channel = client.channel();
    InetAddress address = client.address().getAddress();
    if (!limits.tryAcquire(address, client.forwardedBy())) {
      log(client.address(), client.request().port(), limits.open() + " connections are open");
      Closing.reset(channel);
      return;
    }
    channel.closeFuture().addListener(closed -> limits.release(address, client.forwardedBy()));
    connections.whenRoom(client, () -> take(client, taker));
  }

  private void take(AcceptedClient client, DataTaker taker) {
    Channel channel = client.channel();
    ConnectionRecorder recorder = connections.begin(client);
    try {
      taker.take(client, recorder);
    } catch (RuntimeException | Error e) {
      failed(e, "job", recorder.job());
      recorder.ended(EndReason.INTERNAL_ERROR, PlainWords.of(e));
      Closing.reset(channel);
    }
  }

  /**
   * A defect costs one connection, and is heard of.
   *
   * @return whether there was none
   */
  public static boolean guarded(Channel channel, Runnable step) {
    try {
      step.run();
      return true;
    } catch (RuntimeException | Error e) {
      failed(e, "connection", channel);
      Closing.reset(channel);
      return false;
    }
  }

  static void failed(Throwable defect, String what, Object which) {
    LOG.atError()
        .addKeyValue(what, which)
        .addKeyValue("reason", EndReason.INTERNAL_ERROR)
        .setCause(defect)
        .log("data connection failed");
  }

  /** Tells of somebody who was not let in. */
  public static void log(InetSocketAddress peer, int port, String why) {
    LOG.atInfo()
        .addKeyValue("client", Endpoints.fields(peer))
        .addKeyValue("port", port)
        .addKeyValue("reason", why)
        .log("data connection refused");
  }
}
