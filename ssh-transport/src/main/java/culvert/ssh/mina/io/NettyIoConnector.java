package culvert.ssh.mina.io;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.io.DefaultIoConnectFuture;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/** Starts SSH on channels that are connected already. */
final class NettyIoConnector extends AbstractCloseable implements IoConnector {
  private final IoHandler handler;
  private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
  private @Nullable IoServiceEventListener listener;

  NettyIoConnector(IoHandler handler) {
    this.handler = handler;
  }

  /** Called on the event loop of {@link NettyIoServices#CHANNEL}; completes before it returns. */
  @Override
  public IoConnectFuture connect(
      SocketAddress target, @Nullable AttributeRepository context, @Nullable SocketAddress local) {
    IoConnectFuture future = new DefaultIoConnectFuture(target, null);
    Channel channel =
        Objects.requireNonNull(
            Objects.requireNonNull(context, "no connect context")
                .getAttribute(NettyIoServices.CHANNEL),
            "no channel in the connect context");
    NettyIoSession session = new NettyIoSession(this, handler, channel);
    session.setAttribute(AttributeRepository.class, context);
    try {
      session.start();
      future.setSession(session);
    } catch (Exception e) {
      session.close(true);
      future.setException(e);
    }
    return future;
  }

  void opened(NettyIoSession session) {
    sessions.put(session.getId(), session);
  }

  void closed(NettyIoSession session) {
    sessions.remove(session.getId());
  }

  @Override
  public Map<Long, IoSession> getManagedSessions() {
    return Map.copyOf(sessions);
  }

  @Override
  protected void doCloseImmediately() {
    sessions.values().forEach(session -> session.close(true));
    super.doCloseImmediately();
  }

  @Override
  public @Nullable IoServiceEventListener getIoServiceEventListener() {
    return listener;
  }

  @Override
  public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
    this.listener = listener;
  }
}
