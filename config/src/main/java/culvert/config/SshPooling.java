package culvert.config;

import java.time.Duration;

/**
 * How SSH connections are shared and kept.
 *
 * @param idleTimeout one without channels is kept this long for the next job
 * @param maxLifetime after that it takes no new users
 * @param connections at most so many per identity when jobs run in parallel
 * @param refusedLoginMemory for so long a login that the server has refused is not tried again;
 *     zero: no time at all
 */
public record SshPooling(
    Duration idleTimeout, Duration maxLifetime, int connections, Duration refusedLoginMemory) {}
