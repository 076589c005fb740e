package culvert.proxy.ftp.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            false,
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

  @Test
  void aLookupThatIsUnderWayIsWaitedFor() throws Exception {
    InetAddress found = InetAddress.getByName("192.0.2.1");
    Promise<List<InetAddress>> lookup = ImmediateEventExecutor.INSTANCE.newPromise();
    EmbeddedChannel session = new EmbeddedChannel();
    PassiveAddress address =
        new PassiveAddress(request("ftp.example"), NetUtil.LOCALHOST4, false, lookup);

    Future<Inet4Address> announced = address.announce(session.eventLoop());
    session.runPendingTasks();
    assertThat(announced.isDone()).isFalse();
    lookup.setSuccess(List.of(found));
    session.runPendingTasks();

    assertThat(announced.getNow()).isEqualTo(found);
  }

  @Test
  void aNameServerThatIsSlowHoldsNobodyUpForLong() {
    EmbeddedChannel session = new EmbeddedChannel();
    session.freezeTime();
    PassiveAddress address =
        new PassiveAddress(
            request("ftp.example"),
            NetUtil.LOCALHOST4,
            false,
            ImmediateEventExecutor.INSTANCE.newPromise());

    Future<Inet4Address> announced = address.announce(session.eventLoop());
    session.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    session.runScheduledPendingTasks();
    assertThat(announced.isDone()).isFalse();
    session.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    session.runScheduledPendingTasks();

    assertThat(announced.getNow().getHostAddress()).startsWith("198.18.");
  }

  @Test
  void aCapturedClientKnowsTheServerByTheAddressToWhichItHasConnected() throws Exception {
    InetAddress own = InetAddress.getByName("198.19.0.7");
    EmbeddedChannel session = new EmbeddedChannel();
    PassiveAddress address =
        new PassiveAddress(
            request("ftp.example"), own, true, ImmediateEventExecutor.INSTANCE.newPromise());

    assertThat(address.announce(session.eventLoop()).getNow()).isEqualTo(own);
    assertThat(address.asKnownToClient()).isEqualTo(own);
  }
}
