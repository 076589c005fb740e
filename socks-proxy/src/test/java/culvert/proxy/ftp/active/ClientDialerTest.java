package culvert.proxy.ftp.active;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.MockAttributes;
import culvert.proxy.door.Refusal;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.DirectConnector;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientDialerTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.21", 20);
  private static final InetSocketAddress LISTENER = new InetSocketAddress("10.1.1.1", 4000);

  private final EventLoop loop = new DefaultEventLoop();
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final ConnectionLimits limits = new ConnectionLimits(10, 0);
  private static final InetAddress IN_THERE =
      NetUtil.createInetAddressFromIpAddressString("192.0.0.8");

  private final List<String> dialled = new ArrayList<>();
  private boolean lends = true;

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Connector implements DirectConnector {
    @Override
    public Future<DuplexChannel> connect(
        List<InetAddress> addresses, int port, EventLoop on, ChannelHandler initializer) {
      dialled.add("from here to " + addresses.get(0).getHostAddress() + ":" + port);
      return on.newSucceededFuture(channel);
    }

    @Override
    public Future<DuplexChannel> connectFrom(
        InetSocketAddress source,
        InetSocketAddress destination,
        EventLoop on,
        ChannelHandler initializer) {
      dialled.add("from " + source + " to " + destination);
      return lends
          ? on.newSucceededFuture(channel)
          : on.newFailedFuture(
              new ConnectFailedException(Refusal.GENERAL_FAILURE, "for the test", null));
    }
  }

  private void connect(boolean captured) throws Exception {
    connect(captured, Optional.empty());
  }

  private void connect(boolean captured, Optional<CommandNamespace> namespace) throws Exception {
    Client client = mock(Client.class);
    MockAttributes.giveTo(channel);
    DuplexChannel control = mock(DuplexChannel.class);
    MockAttributes.giveTo(control);
    namespace.ifPresent(in -> in.holds(control));
    when(client.arrival()).thenReturn(new Arrival(control, LISTENER, SERVER, Optional.empty()));
    when(client.isCaptured()).thenReturn(captured);
    when(client.forwardedBy()).thenReturn(Optional.empty());
    when(channel.closeFuture()).thenReturn(new EmbeddedChannel().closeFuture());

    DuplexChannel reached =
        ClientDialer.to(client, IN_THERE, SERVER, new Connector(), limits)
            .connect(LISTENER, loop, new ChannelInboundHandlerAdapter())
            .get(20, TimeUnit.SECONDS);

    assertThat(reached).isSameAs(channel);
    assertThat(limits.open()).isEqualTo(1);
  }

  @Test
  void aCapturedClientIsReachedFromItsServersAddress() throws Exception {
    connect(true);

    assertThat(dialled).containsExactly("from /192.0.2.21:20 to /10.1.1.1:4000");
  }

  @Test
  void whereThatAddressCannotBeHadItIsReachedFromHere() throws Exception {
    lends = false;
    connect(true);

    assertThat(dialled)
        .containsExactly("from /192.0.2.21:20 to /10.1.1.1:4000", "from here to 10.1.1.1:4000");
  }

  @Test
  void othersKnowThatTheyAreReachedFromHere() throws Exception {
    connect(false);

    assertThat(dialled).containsExactly("from here to 10.1.1.1:4000");
  }

  @Test
  void aCommandsClientIsReachedInItsOwnNetwork() throws Exception {
    CommandNamespace.Inside inside =
        (source, listener, on, initializer) -> {
          dialled.add("inside from " + source + " to " + listener);
          return on.newSucceededFuture(channel);
        };

    connect(
        true,
        Optional.of(new CommandNamespace(LISTENER.getAddress(), 1000, Set.of("curl"), inside)));

    loop.submit(() -> {}).get(20, TimeUnit.SECONDS);
    assertThat(dialled).containsExactly("inside from /192.0.2.21:20 to /192.0.0.8:4000");
    assertThat(CommandNamespace.of(new Arrival(channel, LISTENER, SERVER, Optional.empty())))
        .isPresent();
  }
}
