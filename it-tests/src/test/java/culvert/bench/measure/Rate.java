package culvert.bench.measure;

import java.time.Duration;
import java.util.List;

/**
 * How fast transfers went that were under way together, and what they cost.
 *
 * @param megabytesPerSecond from the first byte of the first to the end of the last
 * @param cpuSecondsPerGigabyte of the proxy; of nobody else
 */
record Rate(double megabytesPerSecond, double cpuSecondsPerGigabyte) {
  static Rate of(List<Transfer> transfers, Duration cpu) {
    long bytes = transfers.stream().mapToLong(Transfer::bytes).sum();
    long begun = transfers.stream().mapToLong(Transfer::begunNanos).min().orElseThrow();
    long ended = transfers.stream().mapToLong(Transfer::endedNanos).max().orElseThrow();
    return new Rate(bytes * 1e3 / (ended - begun), cpu.toNanos() / (double) bytes);
  }
}
