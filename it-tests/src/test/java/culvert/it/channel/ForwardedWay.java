package culvert.it.channel;

import culvert.ssh.BindAddress;
import culvert.ssh.RemoteForward;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A forwarded-tcpip channel: the peer connects to the SSH server. */
final class ForwardedWay implements Way {
  private final SshEnd ssh;

  ForwardedWay(SshEnd ssh) {
    this.ssh = ssh;
  }

  @Override
  public Pair open(Recorder recorder) throws Exception {
    CompletableFuture<DuplexChannel> accepted = new CompletableFuture<>();
    RemoteForward forward =
        ssh.session()
            .requestRemoteForward(
                new BindAddress("127.0.0.1", 0),
                ssh.callerLoop(),
                originator ->
                    Optional.of(
                        new ChannelInitializer<DuplexChannel>() {
                          @Override
                          protected void initChannel(DuplexChannel channel) {
                            channel.pipeline().addLast(recorder);
                            accepted.complete(channel);
                          }
                        }))
            .get(30, TimeUnit.SECONDS);
    Socket peer = new Socket(InetAddress.getLoopbackAddress(), forward.bound().port());
    return new Pair(accepted.get(30, TimeUnit.SECONDS), peer);
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
