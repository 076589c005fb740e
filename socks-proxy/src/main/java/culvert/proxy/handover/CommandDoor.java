package culvert.proxy.handover;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.door.Destination;
import culvert.proxy.door.WhenActive;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.redirect.CapturedClient;
import culvert.proxy.redirect.OriginalDestination;
import culvert.proxy.relay.Closing;
import culvert.ssh.PlainWords;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Lets the clients of one command in and hands them over, as clients that have asked for the
 * destination to which they have connected: by its name, where its address was made here for that.
 * The sockets come with auto-read off and half-closure allowed. Confined to its user's loop.
 */
@Sharable
final class CommandDoor extends ChannelInitializer<Channel> {
  private final CommandNamespace namespace;
  private final NameTable names;
  private final Admission admission;
  private final ClientHandler handler;

  CommandDoor(
      CommandNamespace namespace, NameTable names, Admission admission, ClientHandler handler) {
    this.namespace = namespace;
    this.names = names;
    this.admission = admission;
    this.handler = handler;
  }

  @Override
  protected void initChannel(Channel channel) {
    namespace.holds(channel);
    Closing.breaksOffAlone(channel);
    InetSocketAddress inside = (InetSocketAddress) channel.remoteAddress();
    Arrival socket =
        Arrival.at((DuplexChannel) channel)
            .from(new InetSocketAddress(namespace.address(), inside.getPort()));
    if (!admission.hasRoomFor(socket)) {
      return;
    }
    try {
      InetSocketAddress wanted = OriginalDestination.REDIRECTED.of(channel);
      if (wanted.equals(channel.localAddress())) {
        throw new IOException("it has connected to Culvert's own socket");
      }
      letIn(socket.reachedAt(wanted), destination(wanted.getAddress()));
    } catch (IOException e) {
      refuse(socket, HandshakeFailure.NOT_CAPTURED, e);
    } catch (IllegalArgumentException e) {
      refuse(socket, HandshakeFailure.MALFORMED, e);
    }
  }

  private Destination destination(InetAddress wanted) throws IOException {
    if (!names.isPseudo(wanted)) {
      return Destination.parse(NetUtil.toAddressString(wanted));
    }
    return Destination.parse(
        names
            .name(wanted)
            .orElseThrow(
                () ->
                    new IOException(
                        "no name stands for "
                            + NetUtil.toAddressString(wanted)
                            + " any more (expected: an answer of Culvert's name service that is not"
                            + " older than its last "
                            + NameTable.MOST_NAMES
                            + ")")));
  }

  private void letIn(Arrival client, Destination destination) {
    if (admission.letIn(client)) {
      client
          .channel()
          .pipeline()
          .addLast(
              "door", new WhenActive(accepted -> enter(client, destination), () -> hungUp(client)));
    }
  }

  private void hungUp(Arrival client) {
    admission.failed(client, HandshakeFailure.HUNG_UP, "before it was let in");
  }

  private void enter(Arrival client, Destination destination) {
    Closing.endsInOrder(client.channel());
    handler.handle(
        new CapturedClient(
            client,
            new ConnectionRequest(
                destination.host(),
                destination.address(),
                client.own().getPort(),
                namespace.address(),
                ExecDoor.LISTENER),
            false));
  }

  private void refuse(Arrival client, HandshakeFailure failure, Exception why) {
    admission.failed(client, failure, PlainWords.of(why));
    client.channel().close();
  }
}
