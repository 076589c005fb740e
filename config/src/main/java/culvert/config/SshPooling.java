package culvert.config;

import java.time.Duration;

/**
 * How SSH connections are shared and kept.
 *
 * @param idleTimeout one without channels is kept this long for the next job
 * @param maxLifetime after that it takes no new users
 * @param connections at most so many per identity when jobs run in parallel
 */
public record SshPooling(Duration idleTimeout, Duration maxLifetime, int connections) {}
