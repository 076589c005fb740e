package culvert.proxy.ftp.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassiveAddressTest {
  private final Client client = mock(Client.class);

  private static ConnectionRequest request(String host) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), 21, NetUtil.LOCALHOST4, "door");
  }

  @Test
  void aServerThatTheClientNamesLateIsKnownByWhatTheFrontDoorWasAskedFor() throws Exception {
    when(client.request()).thenReturn(request("ftpproxy.example"));
    ConnectionRequest known = PassiveAddress.asked(client, request("ftp.example"));
    InetAddress proxy = InetAddress.getByName("192.0.2.1");
    PassiveAddress address =
        new PassiveAddress(
            known,
            NetUtil.LOCALHOST4,
            ImmediateEventExecutor.INSTANCE.newSucceededFuture(List.of(proxy)));

    assertThat(known.host()).isEqualTo("ftpproxy.example");
    assertThat(address.asKnownToClient()).isEqualTo(proxy);
  }

  @Test
  void whatTheRulesKnowOfTheSameServerStands() {
    when(client.request()).thenReturn(request("ftp.example"));
    ConnectionRequest resolved = request("ftp.example");

    assertThat(PassiveAddress.asked(client, resolved)).isSameAs(resolved);
  }
}
