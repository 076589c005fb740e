package culvert.ssh.mina;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;

/** A server's direct-tcpip channels that answer a CLOSE when the test lets them. */
final class HeldCloses extends TcpipServerChannel.TcpipFactory {
  final BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
  final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();

  HeldCloses() {
    super(TcpForwardingFilter.Type.Direct);
  }

  @Override
  public Channel createChannel(Session session) {
    Channel channel =
        new TcpipServerChannel(TcpForwardingFilter.Type.Direct, null) {
          @Override
          public void handleClose() {
            held.add(
                () -> {
                  try {
                    super.handleClose();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
          }
        };
    channels.add(channel);
    return channel;
  }
}
