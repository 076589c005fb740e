package culvert.config;

import java.time.Duration;

/**
 * Bounds on what clients can take.
 *
 * @param connections at most so many client connections at once
 * @param connectionsPerClient the same for one client address; 0: no bound of its own
 * @param beforeLogin at most so many at once of one source (a client address, a user of this host,
 *     or an SSH server with a remote tunnel) that have not logged in, or been connected, yet
 * @param handshakeTimeout the SOCKS handshake in total
 * @param channelWindow how large the SSH receive window of one channel may become, in bytes
 * @param buffered bytes in flight in the whole process, beyond which reading slows
 */
public record Limits(
    int connections,
    int connectionsPerClient,
    int beforeLogin,
    Duration handshakeTimeout,
    long channelWindow,
    long buffered) {}
