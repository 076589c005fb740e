package culvert.ssh.mina;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;

/** A server's direct-tcpip, so many in one session; for others it has no resources. */
public final class LimitedChannels extends TcpipServerChannel.TcpipFactory {
  private final int atMost;
  private final Map<Session, AtomicInteger> open = new ConcurrentHashMap<>();
  public final AtomicInteger refusals = new AtomicInteger();

  LimitedChannels(int atMost) {
    super(TcpForwardingFilter.Type.Direct);
    this.atMost = atMost;
  }

  @Override
  public Channel createChannel(Session session) {
    AtomicInteger count = open.computeIfAbsent(session, s -> new AtomicInteger());
    return new TcpipServerChannel(TcpForwardingFilter.Type.Direct, null) {
      @Override
      protected OpenFuture doInit(Buffer buffer) {
        if (count.incrementAndGet() <= atMost) {
          addCloseFutureListener(closed -> count.decrementAndGet());
          return super.doInit(buffer);
        }
        count.decrementAndGet();
        refusals.incrementAndGet();
        OpenFuture refused = new DefaultOpenFuture(this, this);
        refused.setException(
            new SshChannelOpenException(
                getChannelId(), SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "full"));
        close(true);
        return refused;
      }
    };
  }
}
