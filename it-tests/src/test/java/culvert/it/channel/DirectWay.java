package culvert.it.channel;

import culvert.ssh.Originator;
import culvert.ssh.TunnelTarget;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;

/** A direct-tcpip channel: the SSH server connects to the peer. */
final class DirectWay implements Way {
  private final SshEnd ssh;

  DirectWay(SshEnd ssh) {
    this.ssh = ssh;
  }

  @Override
  public Pair open(Recorder recorder) throws Exception {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DuplexChannel channel =
          ssh.session()
              .openDirectTcpip(
                  new TunnelTarget("127.0.0.1", target.getLocalPort()),
                  new Originator("127.0.0.1", 1),
                  ssh.callerLoop(),
                  recorder)
              .get(30, TimeUnit.SECONDS);
      return new Pair(channel, target.accept());
    }
  }

  @Override
  public void breakOff(Pair pair) throws Exception {
    ssh.server().breakOff();
  }

  @Override
  public void close() throws IOException {
    ssh.close();
  }
}
