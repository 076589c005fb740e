package culvert.proxy;

import culvert.config.SshProfile;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.DestinationRules;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.ftp.RoutedRequest;
import culvert.proxy.ftp.passive.DataClaims;
import culvert.proxy.owner.SocketOwner;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was given, and refuses it with a code of its own. */
final class FakeFtp implements DataClaims, FtpSessions {
  static final Refusal TAKEN = Refusal.ADDRESS_TYPE_NOT_SUPPORTED;

  final List<Route> started = new CopyOnWriteArrayList<>();
  final List<Optional<SshProfile>> profiles = new CopyOnWriteArrayList<>();
  final Set<String> heldNames = ConcurrentHashMap.newKeySet();
  final Set<String> expectedNames = ConcurrentHashMap.newKeySet();
  final Set<Integer> heldPorts = ConcurrentHashMap.newKeySet();

  @Override
  public Claim claim(Client client, SocketOwner owner, ConnectionRecorder recorder) {
    if (expectedNames.contains(client.request().host())) {
      take(client, recorder);
      return Claim.TAKEN;
    }
    return heldNames.contains(client.request().host()) ? Claim.HELD : Claim.NOT_EXPECTED;
  }

  @Override
  public boolean isHeld(InetAddress address, int port) {
    return address.isLoopbackAddress() && heldPorts.contains(port);
  }

  @Override
  public Hold hold(Client client, SocketOwner owner, InetAddress address, int port) {
    return isHeld(address, port) ? Hold.HELD : Hold.FREE;
  }

  @Override
  public boolean recentlyTunnelled(Client client, Optional<InetAddress> reached) {
    return false;
  }

  @Override
  public void start(
      Client client, RoutedRequest routed, DestinationRules rules, ConnectionRecorder recorder) {
    started.add(routed.decided().route());
    profiles.add(routed.profile());
    take(client, recorder);
  }

  private static void take(Client client, ConnectionRecorder recorder) {
    recorder.ended(EndReason.REFUSED, "fake");
    client.refuse(TAKEN);
  }
}
