package culvert.proxy.audit;

import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.Rule;
import culvert.config.SshProfile;
import culvert.config.SshWay;
import culvert.ssh.HostKeyChange;
import culvert.ssh.SshServer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a person can do about plaintext and refusals. Commands can be run as they are: they name
 * configuration and profile.
 *
 * @param config in force
 */
record Remedies(CulvertConfig config) {

  /** {@code culvert trust} connects directly. */
  private static final String BY_HAND =
      "write it into known_hosts by hand (culvert trust goes through no hop and no proxy)";

  /**
   * @param why a {@code FallbackReason}'s word
   */
  static String ofFallback(String why) {
    String cause =
        switch (why) {
          case "unreachable" -> "see to the SSH server";
          case "no-identity" -> "give the profile an identity for this user";
          case "auth-failed" -> "let the SSH server take this login";
          case "forwarding-refused" -> "AllowTcpForwarding and PermitOpen of the SSH server";
          case "target-unreachable" -> "see how the SSH server reaches the destination";
          default -> "see to the SSH server";
        };
    return cause + "; to forbid plaintext: fallback-on without " + why + ", or fallback: none";
  }

  /**
   * @param why a {@code RefusedWhy}'s word
   * @param host of the destination
   * @param rule that has decided
   * @param listener by which the client has come
   */
  String ofRefusal(String why, String host, String destination, String rule, String listener) {
    return switch (why) {
      case "rule" ->
          "; which rule, and why: "
              + command("explain", Stream.concat(seenFrom(listener), Stream.of(destination)));
      case "host-key" ->
          "; if the SSH server's administrator confirms its key: "
              + profile(rule, listener)
                  .flatMap(
                      profile ->
                          profile.host().isPresent()
                              ? trust("", profile, profile.host().get(), "")
                              : trust("", profile, host, host))
                  .orElse(BY_HAND);
      case "login" -> "; to mend it: name and password, or key, as the SSH server knows them";
      case "unreachable" -> "; to mend it: see whether it can be reached from here";
      case "forwarding-refused" -> "; to mend it: AllowTcpForwarding and PermitOpen of the server";
      case "target-unreachable" -> "; to mend it: see how the SSH server reaches the destination";
      default -> "";
    };
  }

  String ofHostKey(SshServer server, HostKeyChange change) {
    String replacing = change == HostKeyChange.OTHER_KEY ? "--replace" : "";
    String trust =
        Optional.ofNullable(config.profiles().get(server.profile().name()))
            .flatMap(
                profile ->
                    profile.host().filter(own -> !own.equalsIgnoreCase(server.host())).isPresent()
                        ? trust(replacing, profile, server.host(), "")
                        : trust(replacing, profile, server.host(), server.toString()))
            .orElse(BY_HAND);
    return switch (change) {
      case OTHER_KEY -> "; if its administrator confirms the key that it shows: " + trust;
      case NOT_CERTIFIED ->
          "; to mend it: a certificate by that authority; or, if its administrator confirms the key"
              + " that it shows: "
              + trust;
      case OTHER_ADDRESS ->
          "; if its administrator confirms the key that it shows: take the line of that address"
              + " out";
      case REVOKED -> "; to mend it: the server needs another key, a revoked one is anybody's";
      case SWITCHED -> "; servers keep theirs while a connection lasts: ask its administrator";
    };
  }

  /** Nothing: it is where {@code culvert explain} looks from by itself. */
  private Stream<String> seenFrom(String listener) {
    Optional<String> byItself =
        config.listeners().stream()
            .filter(ListenerConfig.Socks.class::isInstance)
            .findFirst()
            .or(() -> config.listeners().stream().findFirst())
            .map(ListenerConfig::name);
    return byItself.filter(listener::equals).isPresent()
        ? Stream.empty()
        : Stream.of("--listener", listener);
  }

  private Optional<SshProfile> profile(String rule, String listener) {
    Stream<String> ofListener =
        config.listeners().stream()
            .filter(door -> door.name().equals(listener))
            .flatMap(door -> profile(door).stream());
    Stream<String> ofRule =
        config.rules().stream().filter(one -> one.name().equals(rule)).map(Rule::profile);
    return Stream.concat(ofListener, ofRule)
        .findFirst()
        .or(() -> Optional.of(CulvertConfig.DEFAULT_PROFILE))
        .flatMap(name -> Optional.ofNullable(config.profiles().get(name)));
  }

  /** Of a fixed tunnel. */
  private static Optional<String> profile(ListenerConfig listener) {
    if (listener instanceof ListenerConfig.Tunnel tunnel) {
      return Optional.of(tunnel.profile());
    }
    return listener instanceof ListenerConfig.RemoteTunnel tunnel
        ? Optional.of(tunnel.profile())
        : Optional.empty();
  }

  /**
   * Empty: the command does not reach the server.
   *
   * @param host of the server
   * @param named how the command is told of it; empty: by the profile
   */
  private Optional<String> trust(String option, SshProfile profile, String host, String named) {
    boolean byDefault = profile.name().equals(CulvertConfig.DEFAULT_PROFILE);
    List<String> ofProfile = byDefault ? List.of() : List.of("--profile", profile.name());
    Stream<String> words =
        Stream.of(List.of(option), ofProfile, List.of(named))
            .flatMap(List::stream)
            .filter(word -> !word.isEmpty());
    return profile.forHost(host).way() instanceof SshWay.Direct
        ? Optional.of(command("trust", words))
        : Optional.empty();
  }

  private String command(String name, Stream<String> words) {
    Stream<String> file = config.file().stream().flatMap(path -> Stream.of("-c", path.toString()));
    return String.join(
        " ",
        Stream.of(Stream.of("culvert", name), file, words)
            .flatMap(all -> all)
            .map(Remedies::quoted)
            .toList());
  }

  /** For a shell. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_.,:/@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
