package culvert.proxy.socks;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import java.util.Optional;

record SocksClient(
    SocksHandshake handshake, Arrival arrival, ConnectionRequest request, Optional<String> user)
    implements Client {

  @Override
  public void accept() {
    handshake.accept();
  }

  @Override
  public void refuse(Refusal refusal) {
    handshake.refuse(refusal);
  }
}
