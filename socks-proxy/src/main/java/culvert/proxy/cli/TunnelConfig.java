package culvert.proxy.cli;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.config.Secret;
import culvert.config.TunnelProtocol;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A command line as the {@code culvert.yaml} that it stands for, so that the same checks hold.
 *
 * @param identities absolute
 * @param passphrase of the identities
 * @param allowFrom networks, for local listeners that others can reach
 */
record TunnelConfig(
    SshDestination server,
    int port,
    List<Path> identities,
    Optional<Secret> passphrase,
    List<Forwarding> local,
    List<Forwarding> remote,
    List<String> allowFrom) {
  static final String PROFILE = "ssh";

  /** More than a profile's default: nobody waits here to fall back. */
  private static final String CONNECT_TIMEOUT = "15s";

  private static final String PASSWORD = "CULVERT_TUNNEL_PASSWORD";
  private static final String PASSPHRASE = "CULVERT_TUNNEL_PASSPHRASE";

  /** Where the SSH login's password comes from. */
  private enum Login {
    KEY,
    PASSWORD,
    FTP
  }

  /** With keys alone, or, where the command line names no user, with the FTP login. */
  CulvertConfig withoutPassword(Environment environment) {
    return load(server.user().isPresent() ? Login.KEY : Login.FTP, Map.of(), environment);
  }

  CulvertConfig withPassword(String password, Environment environment) {
    return load(Login.PASSWORD, Map.of(PASSWORD, password), environment);
  }

  TunnelConfig with(KeyChain chain) {
    return new TunnelConfig(
        server, port, chain.keys(), chain.passphrase(), local, remote, allowFrom);
  }

  /** The first one that cannot take the SSH user from its clients, where no user is given. */
  Optional<Forwarding> needsUser() {
    return server.user().isPresent()
        ? Optional.empty()
        : Stream.concat(
                remote.stream(),
                local.stream().filter(tunnel -> tunnel.protocol() == TunnelProtocol.TCP))
            .findFirst();
  }

  private CulvertConfig load(Login login, Map<String, String> secrets, Environment environment) {
    Map<String, String> variables = new HashMap<>(environment.variables());
    variables.putAll(secrets);
    passphrase.ifPresent(secret -> variables.put(PASSPHRASE, secret.reveal()));
    Environment with =
        new Environment(
            variables,
            environment.home(),
            environment.workingDirectory(),
            environment.systemDirectory(),
            environment.localUser());
    ConfigResult result = new ConfigLoader(with).loadString(yaml(login), "the command line");
    if (result instanceof ConfigResult.Loaded loaded) {
      return loaded.config();
    }
    throw new IllegalArgumentException(
        String.join("; ", result.problems().stream().map(ConfigProblem::message).toList()));
  }

  private String yaml(Login login) {
    StringBuilder yaml = new StringBuilder("listeners:\n");
    local.forEach(forwarding -> listener(yaml, "tunnel", forwarding, allowFrom));
    remote.forEach(forwarding -> listener(yaml, "remote-tunnel", forwarding, List.of()));
    yaml.append("profiles:\n  ").append(PROFILE).append(":\n");
    key(yaml, "host", quoted(server.host()));
    key(yaml, "port", Integer.toString(port));
    key(yaml, "connect-timeout", CONNECT_TIMEOUT);
    server.user().ifPresent(user -> key(yaml, "user", quoted(user)));
    if (!identities.isEmpty()) {
      List<String> paths = identities.stream().map(path -> quoted(path.toString())).toList();
      key(yaml, "identity-file", "[" + String.join(", ", paths) + "]");
    }
    if (passphrase.isPresent()) {
      key(yaml, "identity-passphrase", quoted("${env:" + PASSPHRASE + "}"));
    }
    if (login == Login.PASSWORD) {
      key(yaml, "password", quoted("${env:" + PASSWORD + "}"));
    } else if (login == Login.KEY || !identities.isEmpty()) {
      key(yaml, "authentication", "publickey");
    }
    return yaml.append("rules: []\ndefault-action: block\npin-tunnelled: false\n").toString();
  }

  private static void listener(
      StringBuilder yaml, String kind, Forwarding forwarding, List<String> allowFrom) {
    yaml.append("  - ").append(kind).append(": ").append(quoted(forwarding.bind().toString()));
    key(yaml.append('\n'), "protocol", forwarding.protocol().toString());
    key(yaml, "profile", PROFILE);
    key(yaml, "target", quoted(forwarding.target().toString()));
    if (!allowFrom.isEmpty()) {
      List<String> networks = allowFrom.stream().map(TunnelConfig::quoted).toList();
      key(yaml, "allow-from", "[" + String.join(", ", networks) + "]");
    }
  }

  private static void key(StringBuilder yaml, String key, String value) {
    yaml.append("    ").append(key).append(": ").append(value).append('\n');
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** Those of OpenSSH's default keys that are there. */
  static List<Path> defaultIdentities(Environment environment) {
    Path directory = environment.home().resolve(".ssh");
    return Stream.of("id_ed25519", "id_ecdsa", "id_rsa")
        .map(directory::resolve)
        .filter(Files::isReadable)
        .map(Path::toAbsolutePath)
        .toList();
  }
}
