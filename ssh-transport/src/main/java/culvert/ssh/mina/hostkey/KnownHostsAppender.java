package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes keys that {@code accept-new} accepted down. Blocks. Thread-safe. */
public final class KnownHostsAppender {
  private KnownHostsAppender() {}

  /**
   * Appends the key, unless the file says something about the host by now. Creates the file (mode
   * 0600) and its directory (0700). Safe against other threads and other Culvert processes.
   *
   * @return {@link HostKeyVerdict.NewAccepted} when the key was written, {@link
   *     HostKeyVerdict.Known} when somebody else had written it; another verdict (changed, revoked)
   *     when somebody wrote another key meanwhile: then the connection must be given up
   * @throws IOException the file cannot be written; OpenSSH warns then and goes on
   */
  public static HostKeyVerdict append(Path file, String host, int port, HostKey key)
      throws IOException {
    return KnownHostsFile.append(
        file,
        knownHosts -> {
          KnownHost known = knownHosts.lookup(host, port);
          HostKeyVerdict verdict = known.judge(key, true);
          boolean unknown = verdict instanceof HostKeyVerdict.NewAccepted;
          return new KnownHostsFile.Decision<>(
              unknown ? List.of(key.line(known.name())) : List.of(), verdict);
        });
  }
}
