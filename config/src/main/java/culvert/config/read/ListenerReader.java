package culvert.config.read;

import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Found;
import culvert.config.ListenerConfig;
import culvert.config.Secret;
import culvert.config.TunnelProtocol;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Entry;
import culvert.config.yaml.YamlValue.Mapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The section {@code listeners}. */
final class ListenerReader {
  static final Key<String> NAME = Key.optional("name", ValueTypes.NAME);
  static final Key<Endpoint> SOCKS = Key.optional("socks", Endpoints.LISTEN);
  static final Key<Endpoint> REDIRECT = Key.optional("redirect", Endpoints.LISTEN);
  static final Key<Endpoint> TUNNEL = Key.optional("tunnel", Endpoints.LISTEN);
  static final Key<Endpoint> REMOTE_TUNNEL = Key.optional("remote-tunnel", Endpoints.LISTEN);
  private static final ValueType<List<Cidr>> NETWORKS =
      ValueTypes.someOf("network", ValueTypes.scalar("an address or CIDR", Cidr::parse));
  static final Key<List<Cidr>> ALLOW_FROM = Key.of("allow-from", NETWORKS, "[127.0.0.0/8, '::1']");

  /** Left out, it stands for this host's own addresses, which the file cannot list. */
  private static final Key<List<Cidr>> REDIRECT_FROM = Key.optional(ALLOW_FROM.name(), NETWORKS);

  private static final Key<Boolean> TRANSPARENT =
      Key.of("transparent", ValueTypes.BOOLEAN, "false");
  private static final Key<Boolean> SYSTEMD_SOCKET =
      Key.of("systemd-socket", ValueTypes.BOOLEAN, "false");
  private static final Key<Map<String, Secret>> USERS = Key.of("users", Secrets.USERS, "{}");
  static final Key<TunnelProtocol> PROTOCOL =
      Key.optional("protocol", ValueTypes.word(TunnelProtocol.values()));
  static final Key<String> PROFILE =
      Key.of("profile", ValueTypes.NAME, CulvertConfig.DEFAULT_PROFILE);
  static final Key<Endpoint> TARGET = Key.optional("target", Endpoints.TARGET);

  private static final List<Key<Endpoint>> KINDS = List.of(SOCKS, REDIRECT, TUNNEL, REMOTE_TUNNEL);

  static final List<Key<?>> KEYS =
      List.of(
          NAME,
          SOCKS,
          REDIRECT,
          TUNNEL,
          REMOTE_TUNNEL,
          ALLOW_FROM,
          TRANSPARENT,
          SYSTEMD_SOCKET,
          USERS,
          PROTOCOL,
          PROFILE,
          TARGET);

  /** The keys that each kind takes beside its own and {@code name}. */
  private static final Map<Key<Endpoint>, List<Key<?>>> TAKES =
      Map.of(
          SOCKS, List.of(ALLOW_FROM, USERS),
          REDIRECT, List.of(REDIRECT_FROM, TRANSPARENT, SYSTEMD_SOCKET),
          TUNNEL, List.of(ALLOW_FROM, PROTOCOL, PROFILE, TARGET),
          REMOTE_TUNNEL, List.of(PROTOCOL, PROFILE, TARGET));

  /**
   * A listener as read.
   *
   * @param kind null if the file gives none
   * @param bind null if it is wrong
   * @param config empty if something is wrong or missing
   */
  record Listener(
      String name,
      @Nullable Key<Endpoint> kind,
      @Nullable Endpoint bind,
      Optional<ListenerConfig> config,
      Section section) {

    /** Whether its clients' way is known, so that no rule is asked. */
    boolean isFixedTunnel() {
      return TUNNEL.equals(kind) || REMOTE_TUNNEL.equals(kind);
    }

    /** What holds of it, defaults too, but for keys that its kind does not take. */
    Mapping written() {
      Map<String, Entry> entries = new LinkedHashMap<>();
      entries.put(NAME.name(), WrittenOut.text(name, section.location()));
      Stream.concat(
              Stream.ofNullable(kind),
              TAKES.getOrDefault(kind == null ? SOCKS : kind, List.of()).stream())
          .forEach(
              key ->
                  section
                      .written(key)
                      .ifPresent(entry -> entries.put(key.name(), WrittenOut.hidden(key, entry))));
      return new Mapping(section.location(), entries);
    }

    /** Whether a client must give a name and a password; wrong {@code users} were meant to. */
    boolean checksNames() {
      return section.has(USERS) && section.optional(USERS).map(all -> !all.isEmpty()).orElse(true);
    }
  }

  private final Reading reading;
  private final Set<String> names = new HashSet<>();

  private ListenerReader(Reading reading) {
    this.reading = reading;
  }

  static List<Listener> read(YamlValue value, Reading reading) {
    return new ListenerReader(reading).all(value);
  }

  private List<Listener> all(YamlValue value) {
    List<Mapping> mappings = Lists.mappings("listeners", value, reading);
    if (value instanceof YamlValue.Sequence sequence && sequence.items().isEmpty()) {
      reading.error(value.location(), "listeners: an empty list (expected: at least one listener)");
    }
    List<Section> sections = new ArrayList<>();
    for (Mapping mapping : mappings) {
      Section section = Section.of("listeners", mapping, KEYS, reading);
      sections.add(section);
      section.optional(NAME).ifPresent(name -> claim(name, section));
    }
    return sections.stream().map(this::listener).toList();
  }

  private void claim(String name, Section section) {
    if (name.equals(ListenerConfig.EXEC)) {
      reading.error(
          section.location(NAME),
          "name: exec (expected: another name; commands of culvert exec come in by this one)");
    } else if (!names.add(name)) {
      reading.error(section.location(NAME), "name: a second listener " + Found.quoted(name));
    }
  }

  private Listener listener(Section section) {
    List<Key<Endpoint>> kinds = KINDS.stream().filter(section::has).toList();
    if (kinds.size() != 1) {
      reading.error(
          section.location(),
          (kinds.isEmpty() ? "a listener that is none" : "a listener that is more than one")
              + " of socks, redirect, tunnel, remote-tunnel (expected: one)");
    }
    kinds.forEach(kind -> refuseForeign(kind, section));
    @Nullable Key<Endpoint> kind = kinds.size() == 1 ? kinds.get(0) : null;
    String name =
        section.optional(NAME).orElseGet(() -> freeName(kind == null ? "listener" : kind.name()));
    @Nullable Endpoint bind = kind == null ? null : section.optional(kind).orElse(null);
    if (bind != null && bind.port() == 0 && section.get(SYSTEMD_SOCKET)) {
      reading.error(
          section.location(SYSTEMD_SOCKET),
          "systemd-socket: true, but the listener has port 0 (expected: the port of the .socket"
              + " unit)");
    }
    return new Listener(name, kind, bind, config(name, kind, bind, section), section);
  }

  private static Optional<ListenerConfig> config(
      String name, @Nullable Key<Endpoint> kind, @Nullable Endpoint bind, Section section) {
    List<Cidr> allowFrom = section.get(ALLOW_FROM);
    Map<String, Secret> users = section.get(USERS);
    @Nullable TunnelProtocol protocol = section.optional(PROTOCOL).orElse(null);
    String profile = section.get(PROFILE);
    @Nullable Endpoint target = section.optional(TARGET).orElse(null);
    if (kind == null || bind == null) {
      return Optional.empty();
    }
    if (kind.equals(SOCKS)) {
      return Optional.of(new ListenerConfig.Socks(name, bind, allowFrom, users));
    }
    if (kind.equals(REDIRECT)) {
      return Optional.of(
          new ListenerConfig.Redirect(
              name,
              bind,
              section.get(TRANSPARENT),
              section.get(SYSTEMD_SOCKET),
              section.optional(REDIRECT_FROM)));
    }
    if (protocol == null || target == null) {
      return Optional.empty();
    }
    if (kind.equals(TUNNEL)) {
      return Optional.of(
          new ListenerConfig.Tunnel(name, bind, allowFrom, protocol, profile, target));
    }
    return Optional.of(new ListenerConfig.RemoteTunnel(name, bind, protocol, profile, target));
  }

  private void refuseForeign(Key<Endpoint> kind, Section section) {
    for (Key<?> key :
        List.<Key<?>>of(
            ALLOW_FROM, TRANSPARENT, SYSTEMD_SOCKET, USERS, PROTOCOL, PROFILE, TARGET)) {
      if (section.has(key) && !takes(kind, key)) {
        reading.error(
            section.location(key), key.name() + ": not for a " + kind.name() + " listener");
      }
    }
    for (Key<?> key : List.<Key<?>>of(PROTOCOL, TARGET)) {
      if (!section.has(key) && takes(kind, key)) {
        reading.error(section.location(), "a " + kind.name() + " listener needs " + key.name());
      }
    }
  }

  private static boolean takes(Key<Endpoint> kind, Key<?> key) {
    return TAKES.getOrDefault(kind, List.of()).stream()
        .anyMatch(taken -> taken.name().equals(key.name()));
  }

  /** {@code socks}, {@code socks-2}, ... */
  private String freeName(String kind) {
    String name = kind;
    for (int i = 2; !names.add(name); i++) {
      name = kind + "-" + i;
    }
    return name;
  }
}
