package culvert.proxy.redirect;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationNames;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.door.Destination;
import culvert.proxy.door.WhenActive;
import culvert.proxy.event.Endpoints;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.relay.Closing;
import culvert.proxy.upstream.OwnListeners;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.PlainWords;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Lets captured clients in and hands them over at once, as clients that have asked for the address
 * to which they have connected, and for which rules may know a name. The sockets come with
 * auto-read off and half-closure allowed.
 *
 * <p>Whoever was not captured, but has connected to the listener itself, is refused, and so is a
 * connection that Culvert makes: served, each would have Culvert connect to itself, round and
 * round. Who is refused is reset, for it takes itself for connected, and an orderly end for the end
 * of a file.
 */
@Sharable
public final class RedirectDoor extends ChannelInitializer<Channel> {
  private final String listener;
  private final OriginalDestination original;
  private final Admission admission;
  private final OwnConnections own;
  private final IntPredicate leftBehind;
  private final ClientHandler handler;

  /** By what Culvert knows itself. */
  public record OwnConnections(OwnListeners listeners, OutgoingConnections outgoing) {}

  /**
   * @param listener its name
   * @param transparent whether clients come by TPROXY, and not by REDIRECT
   * @param leftBehind at which ports nobody begins, and no session of this process can have had
   *     clients brought here
   * @param handler is given the clients that come in
   */
  public RedirectDoor(
      String listener,
      boolean transparent,
      Admission admission,
      OwnConnections own,
      IntPredicate leftBehind,
      ClientHandler handler) {
    this(
        listener,
        transparent ? OriginalDestination.TRANSPARENT : OriginalDestination.REDIRECTED,
        admission,
        own,
        leftBehind,
        handler);
  }

  RedirectDoor(
      String listener,
      OriginalDestination original,
      Admission admission,
      OwnConnections own,
      IntPredicate leftBehind,
      ClientHandler handler) {
    this.listener = listener;
    this.original = original;
    this.admission = admission;
    this.own = own;
    this.leftBehind = leftBehind;
    this.handler = handler;
  }

  @Override
  protected void initChannel(Channel channel) {
    Closing.breaksOffAlone(channel);
    Arrival socket = Arrival.at((DuplexChannel) channel);
    if (admission.hasRoomFor(socket)) {
      captured(socket).filter(admission::letIn).ifPresent(this::expect);
    }
  }

  /** As the client knows its connection; empty: it was not captured, and is refused. */
  private Optional<Arrival> captured(Arrival socket) {
    try {
      InetSocketAddress wanted = original.of(socket.channel());
      if (!own.listeners().contains(wanted.getAddress(), wanted.getPort())) {
        return Optional.of(socket.reachedAt(wanted).from(FirstSegment.source(socket.channel())));
      }
      refuse(
          socket,
          HandshakeFailure.NOT_CAPTURED,
          "it has connected to " + Endpoints.text(wanted) + " itself");
    } catch (IOException e) {
      refuse(socket, HandshakeFailure.NOT_CAPTURED, "no original destination: " + PlainWords.of(e));
    }
    return Optional.empty();
  }

  private void expect(Arrival arrival) {
    arrival
        .channel()
        .pipeline()
        .addLast("door", new WhenActive(accepted -> enter(arrival), () -> hungUp(arrival)));
  }

  private void hungUp(Arrival arrival) {
    admission.failed(arrival, HandshakeFailure.HUNG_UP, "before it was let in");
  }

  private void enter(Arrival arrival) {
    own.outgoing()
        .contain(arrival.peer(), arrival.own(), arrival.channel().eventLoop())
        .addListener((FutureListener<Boolean>) found -> enter(arrival, found));
  }

  private void enter(Arrival arrival, Future<Boolean> isOurs) {
    if (!arrival.channel().isActive()) {
      hungUp(arrival);
    } else if (isOurs.getNow()) {
      refuse(
          arrival,
          HandshakeFailure.OWN_CONNECTION,
          "Culvert's own connection to "
              + Endpoints.text(arrival.own())
              + " was captured (expected: rules that leave its user out)");
    } else {
      hand(arrival);
    }
  }

  private void hand(Arrival arrival) {
    Destination destination;
    try {
      destination = Destination.parse(NetUtil.toAddressString(arrival.own().getAddress()));
    } catch (IllegalArgumentException e) {
      refuse(arrival, HandshakeFailure.MALFORMED, PlainWords.of(e));
      return;
    }
    Closing.endsInOrder(arrival.channel());
    handler.handle(
        new CapturedClient(
            arrival,
            new ConnectionRequest(
                    destination.host(),
                    destination.address(),
                    arrival.own().getPort(),
                    arrival.peer().getAddress(),
                    listener)
                .withNames(new DestinationNames.NotLookedUp()),
            leftBehind.test(arrival.own().getPort())));
  }

  private void refuse(Arrival arrival, HandshakeFailure failure, String detail) {
    admission.failed(arrival, failure, detail);
    arrival.channel().close();
  }
}
