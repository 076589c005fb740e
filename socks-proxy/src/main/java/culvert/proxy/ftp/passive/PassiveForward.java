package culvert.proxy.ftp.passive;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.door.WhenActive;
import culvert.proxy.ftp.data.DataDoor;
import culvert.proxy.ftp.data.DataTaker;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A remote forward for one data connection of a client that came by a remote forward itself:
 * cancelled when that has come. Others are refused. Thread-safe.
 */
final class PassiveForward implements ForwardedConnections {
  private final Client control;
  private final ForwardedBy by;
  private final DataTaker taker;
  private final DataDoor door;
  private final AtomicBoolean taken = new AtomicBoolean();
  private volatile @Nullable RemoteForward forward;

  /**
   * @param control the client that is waited for, by its control connection
   */
  PassiveForward(Client control, ForwardedBy by, DataTaker taker, DataDoor door) {
    this.control = control;
    this.by = by;
    this.taker = taker;
    this.door = door;
  }

  @Override
  public void bound(RemoteForward bound) {
    forward = bound;
  }

  @Override
  public Optional<ChannelHandler> accept(Originator originator) {
    RemoteForward bound = forward;
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(originator.address());
    if (bound == null || address == null) {
      return Optional.empty();
    }
    InetSocketAddress peer = new InetSocketAddress(address, originator.port());
    InetAddress awaited = control.address().getAddress();
    if (!address.equals(awaited)) {
      String why = "the control connection came from " + NetUtil.toAddressString(awaited);
      DataDoor.log(peer, bound.bound().port(), why);
      return Optional.empty();
    }
    if (!taken.compareAndSet(false, true)) {
      DataDoor.log(peer, bound.bound().port(), "the data connection has come already");
      return Optional.empty();
    }
    bound.cancel();
    return Optional.of(
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel
                .pipeline()
                .addLast("data", new WhenActive(data -> guarded(data, peer, bound.bound())));
          }
        });
  }

  private void guarded(DuplexChannel channel, InetSocketAddress peer, BindAddress at) {
    DataDoor.guarded(channel, () -> enter(channel, peer, at));
  }

  private void enter(DuplexChannel channel, InetSocketAddress peer, BindAddress at) {
    ConnectionRequest request =
        new ConnectionRequest(
            at.host(),
            new DestinationAddress.NotResolved(),
            at.port(),
            peer.getAddress(),
            control.request().listener());
    Arrival arrival = Arrival.of(channel, peer, Optional.of(by));
    door.enter(new AcceptedClient(arrival, request, control.user()), taker);
  }
}
