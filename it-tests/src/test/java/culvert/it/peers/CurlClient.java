package culvert.it.peers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** curl as a batch job runs it: silent but for errors, with a deadline, through a SOCKS proxy. */
public final class CurlClient {
  static final Path PROGRAM = Path.of("/usr/bin/curl");

  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final List<String> common;

  private CurlClient(List<String> common) {
    this.common = common;
  }

  /**
   * A curl that goes through a proxy on 127.0.0.1 and logs in.
   *
   * @param proxyOption {@code --socks5-hostname} and the like
   */
  public static CurlClient through(
      String proxyOption, int proxyPort, String user, String password) {
    return direct(user, password).with(proxyOption, "127.0.0.1:" + proxyPort);
  }

  /** A curl that knows of no proxy and logs in. */
  public static CurlClient direct(String user, String password) {
    return withLoginInUrl().with("--user", user + ":" + password);
  }

  /** A curl that knows of no proxy, and whose URLs say how to log in: a user may have colons. */
  public static CurlClient withLoginInUrl() {
    return new CurlClient(
        List.of(
            PROGRAM.toString(),
            "--disable", // no ~/.curlrc
            "--silent",
            "--show-error",
            "--max-time",
            Long.toString(DEADLINE.toSeconds() - 5)));
  }

  /** The same with more options. */
  public CurlClient with(String... options) {
    return new CurlClient(command(options));
  }

  public Run<String> text(String... arguments) {
    return Run.text(DEADLINE, command(arguments));
  }

  public Run<Sha256> digest(String... arguments) {
    return Run.digest(DEADLINE, command(arguments));
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(common);
    command.addAll(List.of(arguments));
    return List.copyOf(command);
  }
}
