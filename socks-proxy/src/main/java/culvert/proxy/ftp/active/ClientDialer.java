package culvert.proxy.ftp.active;

import culvert.proxy.door.Client;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.door.Refusal;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.DirectConnector;
import culvert.ssh.OpenedChannel;
import culvert.ssh.Originator;
import culvert.ssh.PlainWords;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to a client's own listener, by the way on which the client came: an address of a client
 * of an SSH server means nothing here. Any thread may call.
 */
sealed interface ClientDialer {

  /**
   * Connects.
   *
   * @param listener at the client's own address
   * @param loop where the future completes
   * @param initializer added to the channel's pipeline before anything is read
   * @return auto-read off, half-closure allowed; failed, the cause's message says why
   */
  Future<DuplexChannel> connect(
      InetSocketAddress listener, EventLoop loop, ChannelHandler initializer);

  /**
   * The way to a client; a connection on it counts as one that the client has made.
   *
   * @param own the client's address, as it says it
   * @param server from where the client expects it
   */
  static ClientDialer to(
      Client client,
      InetAddress own,
      InetSocketAddress server,
      DirectConnector direct,
      ConnectionLimits limits) {
    ClientDialer way =
        CommandNamespace.of(client.arrival())
            .<ClientDialer>map(namespace -> new Inside(namespace, own, server))
            .or(() -> client.forwardedBy().map(by -> new Forwarded(by.session())))
            .orElseGet(() -> overTheNetwork(client, server, direct));
    return new Counted(way, limits, client.forwardedBy());
  }

  private static ClientDialer overTheNetwork(
      Client client, InetSocketAddress server, DirectConnector connector) {
    Direct direct = new Direct(connector);
    return client.isCaptured() ? new AsServer(connector, server, direct) : direct;
  }

  /**
   * Over the network.
   *
   * @param connector never connects to this process itself
   */
  record Direct(DirectConnector connector) implements ClientDialer {
    @Override
    public Future<DuplexChannel> connect(
        InetSocketAddress listener, EventLoop loop, ChannelHandler initializer) {
      return connector.connect(
          List.of(listener.getAddress()), listener.getPort(), loop, initializer);
    }
  }

  /**
   * Over the network, from the FTP server's own address: a captured client knows no other, and may
   * well check it. What does not work so is tried from ours.
   */
  record AsServer(DirectConnector connector, InetSocketAddress server, ClientDialer otherwise)
      implements ClientDialer {
    private static final Logger LOG = LoggerFactory.getLogger(AsServer.class);

    @Override
    public Future<DuplexChannel> connect(
        InetSocketAddress listener, EventLoop loop, ChannelHandler initializer) {
      Promise<DuplexChannel> connected = loop.newPromise();
      connector
          .connectFrom(server, listener, loop, initializer)
          .addListener(
              (FutureListener<DuplexChannel>)
                  done -> {
                    if (done.isSuccess()) {
                      OpenedChannel.passOn(done, connected);
                    } else if (!connected.isDone()) {
                      LOG.atDebug()
                          .addKeyValue("client", listener)
                          .addKeyValue("server", server)
                          .addKeyValue("detail", PlainWords.of(done.cause()))
                          .log("no data connection from the server's own address");
                      otherwise
                          .connect(listener, loop, initializer)
                          .addListener(
                              (FutureListener<DuplexChannel>)
                                  other -> OpenedChannel.passOn(other, connected));
                    }
                  });
      return connected;
    }
  }

  /**
   * In a command's own network, where the FTP server's address may be used like any other.
   *
   * @param own the client's address in there
   */
  record Inside(CommandNamespace namespace, InetAddress own, InetSocketAddress server)
      implements ClientDialer {
    @Override
    public Future<DuplexChannel> connect(
        InetSocketAddress listener, EventLoop loop, ChannelHandler initializer) {
      return namespace
          .inside()
          .connect(server, new InetSocketAddress(own, listener.getPort()), loop, initializer)
          .addListener(
              (FutureListener<DuplexChannel>)
                  connected -> {
                    if (connected.isSuccess()) {
                      namespace.holds(connected.getNow());
                    }
                  });
    }
  }

  /** From the SSH server to which the client has connected. */
  record Forwarded(SshSession session) implements ClientDialer {
    private static final Originator HERE =
        Originator.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    @Override
    public Future<DuplexChannel> connect(
        InetSocketAddress listener, EventLoop loop, ChannelHandler initializer) {
      TunnelTarget target =
          new TunnelTarget(listener.getAddress().getHostAddress(), listener.getPort());
      return session.openDirectTcpip(target, HERE, loop, initializer);
    }
  }

  /** Within the limits of the client. */
  record Counted(ClientDialer way, ConnectionLimits limits, Optional<ForwardedBy> by)
      implements ClientDialer {
    @Override
    public Future<DuplexChannel> connect(
        InetSocketAddress listener, EventLoop loop, ChannelHandler initializer) {
      InetAddress client = listener.getAddress();
      if (!limits.tryAcquire(client, by)) {
        return loop.newFailedFuture(
            new ConnectFailedException(
                Refusal.NOT_ALLOWED, limits.open() + " connections are open", null));
      }
      return way.connect(listener, loop, initializer)
          .addListener((FutureListener<DuplexChannel>) connected -> release(client, connected));
    }

    private void release(InetAddress client, Future<DuplexChannel> connected) {
      if (connected.isSuccess()) {
        connected.getNow().closeFuture().addListener(closed -> limits.release(client, by));
      } else {
        limits.release(client, by);
      }
    }
  }
}
