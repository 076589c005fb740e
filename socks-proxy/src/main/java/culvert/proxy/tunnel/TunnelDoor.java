package culvert.proxy.tunnel;

import culvert.config.Endpoint;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.door.WhenActive;
import culvert.proxy.event.HandshakeFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Lets clients of one fixed tunnel in and hands them over at once. The sockets come with auto-read
 * off and half-closure allowed; what a client sends and closes behind is kept for the relay.
 */
@Sharable
public final class TunnelDoor extends ChannelInitializer<Channel> {
  private final String listener;
  private final Endpoint target;
  private final Admission admission;
  private final ClientHandler handler;

  /**
   * @param listener its name
   * @param target where the tunnel leads
   * @param handler is given the clients that come in
   */
  public TunnelDoor(String listener, Endpoint target, Admission admission, ClientHandler handler) {
    this.listener = listener;
    this.target = target;
    this.admission = admission;
    this.handler = handler;
  }

  @Override
  protected void initChannel(Channel channel) {
    letIn(Arrival.at((DuplexChannel) channel));
  }

  /** The initializer for somebody who came by a remote forward. */
  ChannelHandler forwarded(InetSocketAddress address, ForwardedBy by) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        letIn(Arrival.of((DuplexChannel) channel, address, Optional.of(by)));
      }
    };
  }

  private void letIn(Arrival arrival) {
    if (admission.hasRoomFor(arrival) && admission.letIn(arrival)) {
      arrival
          .channel()
          .pipeline()
          .addLast("door", new WhenActive(accepted -> enter(arrival), () -> hungUp(arrival)));
    }
  }

  private void hungUp(Arrival arrival) {
    admission.failed(arrival, HandshakeFailure.HUNG_UP, "before it was let in");
  }

  private void enter(Arrival arrival) {
    ConnectionRequest request =
        new ConnectionRequest(
            target.host(),
            new DestinationAddress.NotResolved(),
            target.port(),
            arrival.peer().getAddress(),
            listener);
    handler.handle(new AcceptedClient(arrival, request, Optional.empty()));
  }
}
