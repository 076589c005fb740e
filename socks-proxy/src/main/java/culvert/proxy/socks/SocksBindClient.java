package culvert.proxy.socks;

import culvert.proxy.door.BindClient;
import culvert.proxy.door.Refusal;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

record SocksBindClient(
    SocksHandshake handshake, InetSocketAddress address, Optional<String> user, String listener)
    implements BindClient {

  @Override
  public DuplexChannel channel() {
    return handshake.channel();
  }

  @Override
  public void accept(InetSocketAddress peer) {
    handshake.accept(handshake.bound(peer));
  }

  @Override
  public void refuse(Refusal refusal) {
    handshake.refuse(refusal);
  }
}
