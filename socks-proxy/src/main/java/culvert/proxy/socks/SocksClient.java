package culvert.proxy.socks;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

record SocksClient(
    SocksHandshake handshake,
    InetSocketAddress address,
    ConnectionRequest request,
    Optional<String> user)
    implements Client {

  @Override
  public DuplexChannel channel() {
    return handshake.channel();
  }

  @Override
  public void accept() {
    handshake.accept();
  }

  @Override
  public void refuse(Refusal refusal) {
    handshake.refuse(refusal);
  }
}
