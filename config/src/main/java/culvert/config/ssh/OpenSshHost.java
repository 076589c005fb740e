package culvert.config.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files say of one host. An empty value: nothing. Everything is expanded; immutable.
 *
 * <p>Who connects may choose the host and the user, but no directory: a file whose name would take
 * in a {@code /} from them, or become {@code .} or {@code ..}, is left out.
 */
public final class OpenSshHost {

  /** Where an agent listens; empty: no agent is to be asked. */
  public record Agent(Optional<Path> socket) {}

  private final String host;
  private final Map<Option, List<String>> values;
  private final PathExpansion paths;
  private final boolean userIsConfigured;

  OpenSshHost(
      String host,
      Map<Option, List<String>> values,
      boolean userIsConfigured,
      Surroundings surroundings) {
    this.userIsConfigured = userIsConfigured;
    this.host = host;
    this.values = Map.copyOf(values);
    this.paths = new PathExpansion(surroundings, tokens());
  }

  private Map<Character, String> tokens() {
    Map<Character, String> tokens = new HashMap<>();
    tokens.put('h', hostName());
    tokens.put('n', host);
    tokens.put('k', hostKeyAlias().orElse(host));
    tokens.put('p', String.valueOf(port().orElse(22)));
    user().ifPresent(name -> tokens.put('r', name));
    return tokens;
  }

  private Optional<String> first(Option option) {
    return Optional.ofNullable(values.get(option)).map(list -> list.get(0));
  }

  /** As the files have it. */
  Optional<List<String>> raw(Option option) {
    return Optional.ofNullable(values.get(option));
  }

  private Optional<Duration> seconds(Option option) {
    return first(option).map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  private Optional<Boolean> flag(Option option) {
    return first(option).map("yes"::equals);
  }

  /** Where to connect, a name in lower case; the host itself if the files name no other. */
  public String hostName() {
    String name = first(Option.HOST_NAME).map(it -> Tokens.hostName(it, host)).orElse(host);
    return name.indexOf(':') >= 0 ? name : Ascii.lower(name);
  }

  public Optional<Integer> port() {
    return first(Option.PORT).map(Integer::valueOf);
  }

  /** The user that was given, else the files', else whom they were asked as. */
  public Optional<String> user() {
    return first(Option.USER);
  }

  /** Whether the user is the files'. */
  public boolean userIsConfigured() {
    return userIsConfigured;
  }

  /** Hosts to go through, outermost first; an empty list: none, whatever else is configured. */
  public Optional<List<Jump>> proxyJump() {
    return first(Option.PROXY_JUMP)
        .map(text -> Jump.parse(text).stream().map(jump -> jump.expanded(tokens())).toList());
  }

  // Login

  public Optional<List<Path>> identityFiles() {
    return Optional.ofNullable(values.get(Option.IDENTITY_FILE)).map(paths::all);
  }

  public Optional<List<Path>> certificateFiles() {
    return Optional.ofNullable(values.get(Option.CERTIFICATE_FILE)).map(paths::all);
  }

  public Optional<Agent> identityAgent() {
    return first(Option.IDENTITY_AGENT).map(text -> new Agent(paths.agent(text)));
  }

  public Optional<Boolean> identitiesOnly() {
    return flag(Option.IDENTITIES_ONLY);
  }

  /** Names of methods, in the order in which they are to be tried. */
  public Optional<List<String>> preferredAuthentications() {
    return first(Option.PREFERRED_AUTHENTICATIONS).map(text -> List.of(text.split(",")));
  }

  /** Whether the files take that method out. */
  public boolean forbids(String method) {
    @Nullable Option option =
        switch (method) {
          case "publickey" -> Option.PUBKEY_AUTHENTICATION;
          case "password" -> Option.PASSWORD_AUTHENTICATION;
          case "keyboard-interactive" -> Option.KBD_INTERACTIVE_AUTHENTICATION;
          default -> null;
        };
    return option != null && first(option).filter(word -> word.matches("no|false")).isPresent();
  }

  // Host keys

  public Optional<List<Path>> userKnownHostsFiles() {
    return Optional.ofNullable(values.get(Option.USER_KNOWN_HOSTS_FILE)).map(paths::all);
  }

  public Optional<List<Path>> globalKnownHostsFiles() {
    return Optional.ofNullable(values.get(Option.GLOBAL_KNOWN_HOSTS_FILE)).map(paths::untouched);
  }

  /** {@code accept-new}; else {@code yes}. */
  public Optional<Boolean> acceptNew() {
    return first(Option.STRICT_HOST_KEY_CHECKING).map("accept-new"::equals);
  }

  public Optional<String> hostKeyAlias() {
    return first(Option.HOST_KEY_ALIAS).map(Ascii::lower);
  }

  public Optional<Boolean> checkHostIp() {
    return flag(Option.CHECK_HOST_IP);
  }

  // Algorithms: each name with the list's +, - or ^ before it

  public Optional<List<String>> ciphers() {
    return algorithms(Option.CIPHERS);
  }

  public Optional<List<String>> macs() {
    return algorithms(Option.MACS);
  }

  public Optional<List<String>> kexAlgorithms() {
    return algorithms(Option.KEX_ALGORITHMS);
  }

  public Optional<List<String>> hostKeyAlgorithms() {
    return algorithms(Option.HOST_KEY_ALGORITHMS);
  }

  private Optional<List<String>> algorithms(Option option) {
    return first(option).map(Values::signed);
  }

  // Limits

  /** Zero: no limit. */
  public Optional<Duration> connectTimeout() {
    return seconds(Option.CONNECT_TIMEOUT);
  }

  public Optional<Duration> serverAliveInterval() {
    return seconds(Option.SERVER_ALIVE_INTERVAL);
  }

  public Optional<Integer> serverAliveCountMax() {
    return first(Option.SERVER_ALIVE_COUNT_MAX).map(Integer::valueOf);
  }

  /** In bytes; zero: the cipher's own. */
  public Optional<Long> rekeyLimit() {
    return first(Option.REKEY_LIMIT).map(Long::valueOf);
  }

  /** Zero: never for the time alone. */
  public Optional<Duration> rekeyInterval() {
    return seconds(Option.REKEY_INTERVAL);
  }
}
