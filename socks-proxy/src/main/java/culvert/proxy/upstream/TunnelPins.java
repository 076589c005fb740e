package culvert.proxy.upstream;

import culvert.config.Rule;
import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.ssh.TunnelTarget;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Remembers which destinations were once tunnelled: for those, an SSH server that cannot be reached
 * is no reason to fall back to plaintext, for anybody on the way can make it so. Any thread may
 * call; nothing blocks.
 */
public interface TunnelPins {

  /**
   * The one target of all tunnels under a rule, whatever destination a client asks for: the names
   * may be invented.
   *
   * @param rule its name
   */
  record FixedTarget(String rule, TunnelTarget target) {

    /** The ones of a configuration. */
    public static Set<FixedTarget> of(List<Rule> rules) {
      return rules.stream()
          .flatMap(
              rule ->
                  rule.target().stream()
                      .map(target -> new FixedTarget(rule.name(), TunnelTarget.of(target))))
          .collect(Collectors.toSet());
    }
  }

  /** Pins nothing. */
  TunnelPins NONE =
      new TunnelPins() {
        @Override
        public Future<Optional<String>> objection(
            ConnectionRequest destination,
            Optional<FixedTarget> fixed,
            List<InetAddress> addresses,
            EventExecutor executor) {
          return executor.newSucceededFuture(Optional.empty());
        }

        @Override
        public void tunnelled(
            ConnectionRequest destination,
            Optional<FixedTarget> fixed,
            String server,
            Optional<InetAddress> address) {}
      };

  /**
   * What speaks against plaintext where the SSH server cannot be reached: that a tunnel to the
   * destination has once stood, or that nobody can tell.
   *
   * @param fixed empty: the destination is where the tunnel leads
   * @param addresses of the destination, as far as they are known here: those, and no others, may
   *     then be connected
   * @param executor where the future completes; it never fails
   * @return for the client's eyes; empty: nothing speaks against it
   */
  Future<Optional<String>> objection(
      ConnectionRequest destination,
      Optional<FixedTarget> fixed,
      List<InetAddress> addresses,
      EventExecutor executor);

  /**
   * A tunnel to the destination stands.
   *
   * @param fixed as in {@link #objection}
   * @param server the SSH server, {@code host:port}
   * @param address the destination's, where the tunnel has shown it
   */
  void tunnelled(
      ConnectionRequest destination,
      Optional<FixedTarget> fixed,
      String server,
      Optional<InetAddress> address);

  /** For a client's destination: none where it is one as seen from the SSH server. */
  default TunnelPins of(Client client) {
    return client.namesDestination() ? this : NONE;
  }
}
