package culvert.proxy.socks;

import culvert.config.Cidr;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.config.Secret;
import culvert.proxy.door.Admission;
import culvert.proxy.door.AllowFrom;
import culvert.proxy.door.BeforeLogin;
import culvert.proxy.door.BindClient;
import culvert.proxy.door.Client;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.RefusedClients;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client of a SOCKS door without a network: sends bytes and sees what becomes of them. */
final class EmbeddedClient extends EmbeddedChannel implements DuplexChannel {
  static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.7", 40_000);

  final List<Client> clients = new ArrayList<>();
  final List<BindClient> binds = new ArrayList<>();

  /** What a BIND is answered first; empty: it is refused. */
  Optional<InetSocketAddress> reserved = Optional.empty();

  final List<HandshakeFailure> failures = new ArrayList<>();
  private boolean inputShutdown;
  private boolean outputShutdown;

  static EmbeddedClient connect() {
    return connect(Map.of());
  }

  static EmbeddedClient connect(Map<String, Secret> users) {
    return connect(users, List.of("0.0.0.0/0"), new ConnectionLimits(10, 0));
  }

  static EmbeddedClient connect(
      Map<String, Secret> users, List<String> allowFrom, ConnectionLimits limits) {
    ListenerConfig.Socks listener =
        new ListenerConfig.Socks(
            "socks",
            new Endpoint("127.0.0.1", 0),
            allowFrom.stream().map(Cidr::parse).toList(),
            users);
    EmbeddedClient channel = new EmbeddedClient();
    channel.config().setAutoRead(false);
    channel
        .pipeline()
        .addLast(
            new SocksDoor(
                listener,
                Duration.ofSeconds(10),
                new Admission(
                    listener.name(),
                    AllowFrom.networks(listener.allowFrom()),
                    limits,
                    new BeforeLogin(
                        Integer.MAX_VALUE,
                        none -> channel.eventLoop().newSucceededFuture(Optional.empty())),
                    new RecordedFailures(channel.failures),
                    RefusedClients.UNHEARD),
                channel.clients::add,
                client -> {
                  channel.binds.add(client);
                  return channel.reserved;
                }));
    if (channel.isOpen()) {
      channel.pipeline().fireChannelActive();
    }
    return channel;
  }

  /** Sends, as one read. */
  EmbeddedClient send(byte[] bytes) {
    writeInbound(Unpooled.copiedBuffer(bytes));
    return this;
  }

  EmbeddedClient send(int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    return send(raw);
  }

  void shutDownInput() {
    inputShutdown = true;
    pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
  }

  /** What the client has been sent since the last call, in hexadecimal. */
  String answer() {
    runPendingTasks();
    return hex(outboundMessages().toArray());
  }

  /** What has come through to the handlers behind the door. */
  String passedOn() {
    return hex(inboundMessages().toArray());
  }

  private String hex(Object[] messages) {
    StringBuilder hex = new StringBuilder();
    for (Object message : messages) {
      hex.append(ByteBufUtil.hexDump((ByteBuf) message));
    }
    releaseInboundAndOutbound();
    return hex.toString();
  }

  private void releaseInboundAndOutbound() {
    outboundMessages().forEach(io.netty.util.ReferenceCountUtil::release);
    outboundMessages().clear();
    inboundMessages().forEach(io.netty.util.ReferenceCountUtil::release);
    inboundMessages().clear();
  }

  @Override
  public SocketAddress localAddress() {
    return new InetSocketAddress("192.0.2.1", 1080);
  }

  @Override
  public SocketAddress remoteAddress() {
    return ADDRESS;
  }

  @Override
  public boolean isInputShutdown() {
    return inputShutdown;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  @Override
  public boolean isShutdown() {
    return inputShutdown && outputShutdown;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    inputShutdown = true;
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    outputShutdown = true;
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    inputShutdown = true;
    return shutdownOutput(promise);
  }
}
