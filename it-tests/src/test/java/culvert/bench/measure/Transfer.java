package culvert.bench.measure;

import culvert.it.peers.CurlClient;
import culvert.it.peers.Run;
import java.io.IOException;

/**
 * A file that curl has transferred.
 *
 * @param begunNanos when its first byte was on its way, by {@link System#nanoTime}
 * @param endedNanos when all was over
 */
record Transfer(long bytes, long begunNanos, long endedNanos) {
  private static final String ASKED =
      "%{size_download} %{size_upload} %{time_starttransfer} %{time_total}";

  /** Downloads a file to nowhere. */
  static Transfer download(CurlClient curl, String url, long bytes) throws IOException {
    return run(curl, bytes, "--output", "/dev/null", url);
  }

  /** Uploads a file. */
  static Transfer upload(CurlClient curl, String file, String url, long bytes) throws IOException {
    return run(curl, bytes, "--upload-file", file, url);
  }

  private static Transfer run(CurlClient curl, long bytes, String... arguments) throws IOException {
    long start = System.nanoTime();
    Run<String> run = curl.with("--write-out", ASKED).text(arguments);
    if (run.exitCode() != 0) {
      throw new IOException("curl ended with " + run.exitCode() + ": " + run.errors());
    }
    Transfer transfer = parse(run.output(), start);
    if (transfer.bytes() != bytes) {
      throw new IOException("curl moved " + transfer.bytes() + " bytes (expected: " + bytes + ")");
    }
    return transfer;
  }

  /** Reads what curl was asked for. */
  static Transfer parse(String told, long startNanos) {
    String[] words = told.strip().split(" ", -1);
    return new Transfer(
        Long.parseLong(words[0]) + Long.parseLong(words[1]),
        startNanos + nanos(words[2]),
        startNanos + nanos(words[3]));
  }

  private static long nanos(String seconds) {
    return (long) (Double.parseDouble(seconds) * 1e9);
  }
}
