package culvert.proxy.socks;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.BindClient;
import culvert.proxy.door.Refusal;
import java.net.InetSocketAddress;
import java.util.Optional;

record SocksBindClient(
    SocksHandshake handshake, Arrival arrival, Optional<String> user, String listener)
    implements BindClient {

  @Override
  public void accept(InetSocketAddress peer) {
    served();
    handshake.accept(handshake.bound(peer));
  }

  @Override
  public void refuse(Refusal refusal) {
    handshake.refuse(refusal);
  }
}
