package culvert.proxy.socks;

import culvert.config.ListenerConfig;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.BindHandler;
import culvert.proxy.door.ClientHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;

/**
 * Lets clients of one SOCKS listener in: gives each accepted socket its pipeline.
 *
 * <pre>
 *   version                     the first byte decides
 *   encoder, decoder, socks     until the client is accepted; SOCKS 5 changes its decoder as it goes
 * </pre>
 *
 * The sockets come with auto-read off and half-closure allowed.
 */
@Sharable
public final class SocksDoor extends ChannelInitializer<Channel> {
  private final ListenerConfig.Socks listener;
  private final Duration handshakeTimeout;
  private final Admission admission;
  private final ClientHandler handler;
  private final BindHandler binds;

  /**
   * @param handshakeTimeout from the accepted socket to the complete request
   * @param handler is given the clients that asked for a destination
   * @param binds is given those that asked for BIND
   */
  public SocksDoor(
      ListenerConfig.Socks listener,
      Duration handshakeTimeout,
      Admission admission,
      ClientHandler handler,
      BindHandler binds) {
    this.listener = listener;
    this.handshakeTimeout = handshakeTimeout;
    this.admission = admission;
    this.handler = handler;
    this.binds = binds;
  }

  @Override
  protected void initChannel(Channel channel) {
    Arrival arrival = Arrival.at((DuplexChannel) channel);
    if (admission.hasRoomFor(arrival) && admission.letIn(arrival)) {
      begin(arrival);
    }
  }

  private void begin(Arrival arrival) {
    Handshake handshake = new Handshake(arrival, listener, admission, handler, binds);
    handshake.startDeadline(handshakeTimeout);
    arrival.channel().pipeline().addLast("version", new VersionHandler(handshake));
  }
}
