package culvert.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole configuration, with every default filled in.
 *
 * @param listeners the front doors, in the order of the file
 * @param profiles ways to reach an SSH server by name; {@value #DEFAULT_PROFILE} is always there
 * @param rules first match wins, top down
 * @param defaultAction what no rule matches
 * @param ftp the FTP options that hold where a rule does not override them
 * @param pinTunnelled whether a destination that was once tunnelled no longer falls back for {@link
 *     FallbackReason#UNREACHABLE}
 * @param admin where the admin HTTP server listens; empty: off
 * @param stateDirectory where state outlives the process
 * @param audit empty: no trail is kept
 * @param capture empty: Culvert has nothing captured
 * @param pseudoAddresses of IPv4, for the names that commands ask for under {@code culvert exec}
 * @param hash of the file, to tell one from another: the first 16 hexadecimal digits of its SHA-256
 * @param file its absolute path; empty: there is none that could be read again
 */
public record CulvertConfig(
    List<ListenerConfig> listeners,
    Map<String, SshProfile> profiles,
    List<Rule> rules,
    Action defaultAction,
    FtpOptions ftp,
    boolean pinTunnelled,
    Limits limits,
    Optional<Endpoint> admin,
    Path stateDirectory,
    Optional<AuditSettings> audit,
    Optional<CaptureConfig> capture,
    Cidr pseudoAddresses,
    String hash,
    Optional<Path> file) {

  /** The profile that every other one inherits from, and that a rule without a profile uses. */
  public static final String DEFAULT_PROFILE = "defaults";

  public CulvertConfig {
    listeners = List.copyOf(listeners);
    profiles = Map.copyOf(profiles);
    rules = List.copyOf(rules);
  }

  /** The same without a way in: no listeners, nobody captured, and no {@code admin}. */
  public CulvertConfig withoutDoors() {
    return new CulvertConfig(
        List.of(),
        profiles,
        rules,
        defaultAction,
        ftp,
        pinTunnelled,
        limits,
        Optional.empty(),
        stateDirectory,
        audit,
        Optional.empty(),
        pseudoAddresses,
        hash,
        file);
  }
}
