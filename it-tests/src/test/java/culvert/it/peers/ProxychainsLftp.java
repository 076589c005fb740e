package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** lftp, which knows no SOCKS, under proxychains4. */
public final class ProxychainsLftp {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private ProxychainsLftp() {}

  /**
   * Runs lftp commands, one after the other, until one fails.
   *
   * @param directory for proxychains' configuration and lftp's own files
   * @param commands as at lftp's prompt
   */
  public static Run<String> run(Path directory, int socksPort, String... commands)
      throws IOException {
    Path configuration =
        Files.writeString(
            directory.resolve("proxychains.conf"),
            "strict_chain\n[ProxyList]\nsocks5 127.0.0.1 " + socksPort + "\n");
    List<String> script = new ArrayList<>(List.of("set cmd:fail-exit true", "set net:timeout 20"));
    script.add("set net:max-retries 2");
    script.addAll(List.of(commands));
    return Run.text(
        DEADLINE,
        List.of(
            "env",
            "HOME=" + directory,
            "proxychains4",
            "-q",
            "-f",
            configuration.toString(),
            "lftp",
            "--norc",
            "-c",
            String.join("; ", script)));
  }
}
