package culvert.proxy;

import culvert.config.Cidr;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.proxy.capture.Capture;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Admissions;
import culvert.proxy.door.AllowFrom;
import culvert.proxy.door.BindHandler;
import culvert.proxy.door.TcpListener;
import culvert.proxy.event.Endpoints;
import culvert.proxy.handover.ExecDoor;
import culvert.proxy.redirect.RedirectDoor;
import culvert.proxy.route.Router;
import culvert.proxy.socks.SocksDoor;
import culvert.proxy.tunnel.FixedTunnels;
import culvert.proxy.tunnel.RemoteTunnel;
import culvert.proxy.tunnel.TunnelDoor;
import culvert.proxy.upstream.OwnListeners;
import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The front doors: makes one of each listener, opens them all, and closes them. Not thread-safe;
 * all methods may block and are called from outside of the event loops.
 */
final class FrontDoors implements ListenerConfig.Kinds<IOException> {
  private final Sockets sockets;
  private final Admissions admissions;
  private final Duration handshakeTimeout;
  private final Router router;
  private final BindHandler binds;
  private final RemoteTunnels tunnels;
  private final List<Channel> forData = new ArrayList<>();
  private final List<Channel> others = new ArrayList<>();
  private final List<ProxyDaemon.Listener> listeners = new ArrayList<>();
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final List<RemoteTunnel> remoteTunnels = new ArrayList<>();
  private volatile Optional<ExecDoor> exec = Optional.empty();

  /**
   * Where listeners are bound.
   *
   * @param capture knows what netfilter brings here, and from where
   * @param passed those that listen already
   */
  record Sockets(
      NettyTransport transport,
      EventLoopGroup loops,
      OwnListeners own,
      OutgoingConnections outgoing,
      Capture capture,
      PassedSockets passed) {}

  /** Makes remote tunnels. */
  @FunctionalInterface
  interface RemoteTunnels {
    RemoteTunnel create(ListenerConfig.RemoteTunnel listener, TunnelDoor door);
  }

  FrontDoors(
      Sockets sockets,
      Admissions admissions,
      Duration handshakeTimeout,
      Router router,
      BindHandler binds,
      RemoteTunnels tunnels) {
    this.sockets = sockets;
    this.admissions = admissions;
    this.handshakeTimeout = handshakeTimeout;
    this.router = router;
    this.binds = binds;
    this.tunnels = tunnels;
  }

  @Override
  public void socks(ListenerConfig.Socks socks) throws IOException {
    Admission admission = admissions.of(socks.name(), AllowFrom.networks(socks.allowFrom()));
    forData.add(
        bind(
            "socks",
            socks.name(),
            socks.bind(),
            new SocksDoor(socks, handshakeTimeout, admission, router, binds)));
  }

  @Override
  public void redirect(ListenerConfig.Redirect redirect) throws IOException {
    if (sockets.transport() != NettyTransport.EPOLL) {
      throw new IOException(
          "listener "
              + redirect.name()
              + ": redirect needs epoll (expected: Linux on x86-64 or aarch64, and no"
              + " CULVERT_TRANSPORT=nio)");
    }
    RedirectDoor door =
        new RedirectDoor(
            redirect.name(),
            redirect.transparent(),
            admissions.of(redirect.name(), allowed(redirect)),
            new RedirectDoor.OwnConnections(sockets.own(), sockets.outgoing()),
            sockets.capture()::isLeftBehind,
            router);
    forData.add(listens("redirect", redirect.name(), socket(redirect, door)));
  }

  private Channel socket(ListenerConfig.Redirect redirect, RedirectDoor door) throws IOException {
    String name = redirect.name();
    if (redirect.systemdSocket()) {
      return TcpListener.adoptRedirected(
          sockets.loops(),
          name,
          sockets.passed().take(name, redirect.bind()),
          redirect.transparent(),
          door);
    }
    return redirect.transparent()
        ? TcpListener.bindTransparent(sockets.loops(), name, redirect.bind(), door)
        : TcpListener.bindRedirected(sockets.loops(), name, redirect.bind(), door);
  }

  private AllowFrom allowed(ListenerConfig.Redirect redirect) {
    AllowFrom captured =
        redirect.transparent()
            ? address ->
                AllowFrom.THIS_HOST.contains(address) || sockets.capture().isForwarded(address)
            : AllowFrom.THIS_HOST;
    return redirect.allowFrom().map(AllowFrom::networks).orElse(captured);
  }

  @Override
  public void tunnel(ListenerConfig.Tunnel tunnel) throws IOException {
    TunnelDoor door =
        new TunnelDoor(
            tunnel.name(),
            tunnel.target(),
            admissions.of(tunnel.name(), AllowFrom.networks(tunnel.allowFrom())),
            router.fixed(FixedTunnels.way(tunnel)));
    others.add(bind("tunnel", tunnel.name(), tunnel.bind(), door));
  }

  @Override
  public void remoteTunnel(ListenerConfig.RemoteTunnel listener) {
    RemoteTunnel tunnel =
        tunnels.create(
            listener,
            new TunnelDoor(
                listener.name(),
                listener.target(),
                admissions.of(listener.name(), AllowFrom.networks(FixedTunnels.ANYWHERE)),
                router.fixed(FixedTunnels.way(listener))));
    remoteTunnels.add(tunnel);
    listeners.add(
        new ProxyDaemon.Listener(
            "remote-tunnel",
            listener.name(),
            listener.bind() + " at " + tunnel.server() + " (connecting)"));
  }

  private Channel bind(String kind, String name, Endpoint endpoint, ChannelHandler door)
      throws IOException {
    return listens(
        kind, name, TcpListener.bind(sockets.transport(), sockets.loops(), name, endpoint, door));
  }

  private Channel listens(String kind, String name, Channel channel) {
    InetSocketAddress address = (InetSocketAddress) channel.localAddress();
    listeners.add(new ProxyDaemon.Listener(kind, name, Endpoints.text(address)));
    addresses.add(address);
    sockets.own().add(address);
    return channel;
  }

  /**
   * Lets clients in, who have waited until now, and has SSH servers listen. Once.
   *
   * @throws IOException something was passed that is no listening socket
   */
  void open() throws IOException {
    sockets.passed().closeOthers();
    forData.forEach(TcpListener::letIn);
    others.forEach(TcpListener::letIn);
    remoteTunnels.forEach(RemoteTunnel::start);
  }

  /**
   * Lets commands in by a UNIX socket.
   *
   * @param pseudoAddresses asked once for each command
   * @throws IOException which says why not
   */
  ExecDoor commands(Path socket, Supplier<Cidr> pseudoAddresses) throws IOException {
    if (sockets.transport() != NettyTransport.EPOLL) {
      throw new IOException("culvert exec needs epoll");
    }
    Admission admission =
        admissions.of(ExecDoor.LISTENER, AllowFrom.networks(FixedTunnels.ANYWHERE));
    ExecDoor door = ExecDoor.open(socket, new ExecDoor.Clients(admission, router, pseudoAddresses));
    exec = Optional.of(door);
    return door;
  }

  /** In the order in which they were made. */
  List<ProxyDaemon.Listener> listeners() {
    return List.copyOf(listeners);
  }

  /** Where those are bound that are sockets, in the same order. */
  List<InetSocketAddress> addresses() {
    return List.copyOf(addresses);
  }

  /** Closes the doors by which no data connections of FTP sessions come. Idempotent. */
  void closeButForData() {
    exec.ifPresent(ExecDoor::closeToCommands);
    others.forEach(socket -> socket.close().awaitUninterruptibly());
    remoteTunnels.forEach(tunnel -> tunnel.stop().awaitUninterruptibly());
  }

  /** Lets nobody in any more; the SSH sessions of remote tunnels stay. Idempotent. */
  void close() {
    closeButForData();
    forData.forEach(socket -> socket.close().awaitUninterruptibly());
    exec.ifPresent(ExecDoor::close);
  }

  /** Gives the SSH sessions of remote tunnels back, too. After {@link #close}. */
  void release() {
    remoteTunnels.forEach(RemoteTunnel::release);
    exec.ifPresent(ExecDoor::release);
  }
}
