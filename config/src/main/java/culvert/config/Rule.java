package culvert.config;

import java.util.Optional;

/**
 * One rule.
 *
 * @param name unique; {@code rule-N} where the file gives none
 * @param location where the file has it
 * @param profile a key of {@link CulvertConfig#profiles}
 * @param target where the tunnel leads, as seen from the SSH server; empty: the requested host and
 *     port
 * @param ftp the file's {@code ftp} section with what this rule overrides
 */
public record Rule(
    String name,
    Location location,
    Match match,
    Action action,
    String profile,
    Optional<Endpoint> target,
    boolean userAtHost,
    Fallback fallback,
    FtpOptions ftp) {}
