package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Writes keys that {@code accept-new} accepted down. Blocks. Thread-safe. */
public final class KnownHostsAppender {
  private KnownHostsAppender() {}

  /**
   * Appends the key to the first file, unless the files say something about the host by now.
   * Creates the file (mode 0600) and its directory (0700). Safe against other threads and other
   * Culvert processes.
   *
   * @param files as the profile lists them; at least one
   * @return a verdict with {@link HostKeyVerdict#namesToWrite} when the key was written, {@link
   *     HostKeyVerdict.Known} when somebody else had written it; another verdict (changed, revoked)
   *     when somebody wrote another key meanwhile: then the connection must be given up
   * @throws IOException the file cannot be written
   */
  public static HostKeyVerdict append(List<Path> files, LookupNames names, HostKey key)
      throws IOException {
    KnownHosts others = KnownHosts.load(files.subList(1, files.size()));
    return append(
        files.get(0), KnownHostsFile.PATIENCE, first -> first.and(others).lookup(names), key);
  }

  /**
   * The same with what else is known.
   *
   * @param patience for other processes that hold the file's lock
   * @param known of the server, in view of what the file says now
   */
  static HostKeyVerdict append(
      Path file, Duration patience, Function<KnownHosts, KnownHost> known, HostKey key)
      throws IOException {
    return KnownHostsFile.append(
        file,
        patience,
        KnownHostsFile.Pause.SHORT,
        now -> {
          HostKeyVerdict verdict = known.apply(now).judge(key, true);
          List<String> spelled = verdict.namesToWrite();
          return new KnownHostsFile.Decision<>(
              spelled.isEmpty() ? List.of() : List.of(key.line(String.join(",", spelled))),
              verdict);
        });
  }
}
