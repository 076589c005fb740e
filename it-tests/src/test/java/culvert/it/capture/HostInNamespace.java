package culvert.it.capture;

import culvert.config.CaptureConfig;
import culvert.config.Endpoint;
import culvert.it.peers.NetworkNamespace;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.capture.CaptureScope;
import culvert.proxy.capture.LocalRoute;
import culvert.proxy.capture.Nft;
import culvert.proxy.capture.ThisHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** This machine with another network's rules, so that no process of its own has to ask for them. */
final class HostInNamespace implements CaptureHost {
  private final CaptureHost machine = new ThisHost();
  private final Nft nft;
  private final LocalRoute localRoute;

  /**
   * @param directory for programs in place of nft and ip, which run them there
   */
  HostInNamespace(NetworkNamespace network, Path directory) throws IOException {
    nft = new Nft(network.program(directory, Path.of("/usr/sbin/nft")));
    localRoute = new LocalRoute(network.program(directory, Path.of("/usr/sbin/ip")));
  }

  @Override
  public long ownUser() throws IOException {
    return machine.ownUser();
  }

  @Override
  public OptionalLong user(String nameOrNumber) {
    return machine.user(nameOrNumber);
  }

  @Override
  public CaptureScope.Found look(CaptureConfig config, long own) {
    return machine.look(config, own);
  }

  @Override
  public boolean isThisHost(String nameOrAddress) {
    return machine.isThisHost(nameOrAddress);
  }

  @Override
  public boolean mayChangeRules() {
    return machine.mayChangeRules();
  }

  @Override
  public boolean mayTakeLowPorts() {
    return machine.mayTakeLowPorts();
  }

  @Override
  public int firstPortOfEverybody() {
    return machine.firstPortOfEverybody();
  }

  @Override
  public boolean isHeldByRoot(Endpoint address) {
    return machine.isHeldByRoot(address);
  }

  @Override
  public boolean forwards(boolean ipv6) {
    return machine.forwards(ipv6);
  }

  @Override
  public Optional<Nft> nft() {
    return Optional.of(nft);
  }

  @Override
  public Optional<LocalRoute> localRoute() {
    return Optional.of(localRoute);
  }
}
