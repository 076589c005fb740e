package culvert.ssh.mina.hostkey;

import culvert.config.Endpoint;
import culvert.config.HostKeyPolicy;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * The names under which one server's keys are looked up and written.
 *
 * @param shown for people: as known_hosts spells it, and with an alias what it stands for
 * @param name as known_hosts spells it: {@code host}, {@code [host]:port}, or the alias
 * @param withoutPort the bare host name, where the port is not 22: OpenSSH takes the keys of that
 *     too where the port has none of its own
 * @param address the server's address, spelled like a name; empty: not to be looked up
 * @param principal whom a host certificate must be for
 */
public record LookupNames(
    String shown,
    String name,
    Optional<String> withoutPort,
    Optional<String> address,
    String principal) {

  /** Without an alias and without a look at the address. */
  static LookupNames of(String host, int port) {
    String name = HostNames.of(host, port);
    return new LookupNames(
        name,
        name,
        port == 22 ? Optional.empty() : Optional.of(HostNames.of(host, 22)),
        Optional.empty(),
        host.toLowerCase(Locale.ROOT));
  }

  /**
   * As a profile wants it.
   *
   * @param reached the server's own address, if it is known. As in OpenSSH it counts for nothing if
   *     it is a loopback address or the very name
   */
  public static LookupNames of(
      HostKeyPolicy policy, String host, int port, Optional<InetAddress> reached) {
    LookupNames plain = of(host, port);
    String name = policy.alias().map(alias -> alias.toLowerCase(Locale.ROOT)).orElse(plain.name());
    Optional<String> address =
        reached
            .filter(where -> policy.checkHostIp() && !where.isLoopbackAddress())
            .map(where -> HostNames.of(Numeric.of(where), port))
            .filter(where -> !where.equals(name));
    return policy
        .alias()
        .map(
            alias ->
                new LookupNames(
                    alias + " (" + Endpoint.format(host, port) + ")",
                    name,
                    Optional.empty(),
                    address,
                    alias))
        .orElseGet(
            () -> new LookupNames(name, name, plain.withoutPort(), address, plain.principal()));
  }

  /**
   * Whether a line can be written that names this server and nobody else: hosts are also what
   * clients of the proxy ask for, and a comma or a star among them would say more.
   */
  boolean writable() {
    String host = withoutPort.orElse(name);
    return !host.isEmpty()
        && host.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "._-:%".indexOf(c) >= 0);
  }
}
