package culvert.config;

import java.time.Duration;

/**
 * How long a server is waited for.
 *
 * @param connect for the TCP connection, all addresses together
 * @param login for key exchange and login
 * @param serverAliveInterval zero: never asked for a sign of life
 */
public record SshTimeouts(
    Duration connect, Duration login, Duration serverAliveInterval, int serverAliveCountMax) {}
