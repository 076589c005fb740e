package culvert.config;

import java.time.Duration;

/**
 * Bounds on what clients can take.
 *
 * @param connections at most so many client connections at once
 * @param connectionsPerClient the same for one client address; 0: no bound of its own
 * @param handshakeTimeout the SOCKS handshake in total
 * @param channelWindow the SSH receive window of one channel, in bytes
 * @param buffered bytes in flight in the whole process, beyond which reading slows
 */
public record Limits(
    int connections,
    int connectionsPerClient,
    Duration handshakeTimeout,
    long channelWindow,
    long buffered) {}
