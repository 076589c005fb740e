package culvert.ssh.mina.io;

import io.netty.channel.Channel;
import java.util.Objects;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Gives MINA connectors that speak SSH over Netty channels which are connected already. There are
 * no acceptors: Culvert is an SSH client only.
 */
public final class NettyIoServices implements IoServiceFactoryFactory {

  /** In a connect's context: the connected channel, on whose event loop the connect is called. */
  public static final AttributeKey<Channel> CHANNEL = new AttributeKey<>();

  @Override
  public IoServiceFactory create(FactoryManager manager) {
    return new Factory();
  }

  @Override
  public void setExecutorServiceFactory(
      org.apache.sshd.common.Factory<CloseableExecutorService> factory) {
    // The channels bring their event loops along: no executor is needed.
  }

  private static final class Factory extends AbstractCloseable implements IoServiceFactory {
    private @Nullable IoServiceEventListener listener;

    @Override
    public IoConnector createConnector(IoHandler handler) {
      return new NettyIoConnector(Objects.requireNonNull(handler));
    }

    @Override
    public IoAcceptor createAcceptor(IoHandler handler) {
      throw new UnsupportedOperationException("acceptor: Culvert is an SSH client only");
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
}
