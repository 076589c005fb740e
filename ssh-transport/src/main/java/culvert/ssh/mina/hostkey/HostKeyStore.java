package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which host keys are known: known_hosts files, and what was accepted and could not be written to
 * them. One for the whole process, for all profiles. Blocks; thread-safe.
 */
public final class HostKeyStore {
  private static final Logger log = LoggerFactory.getLogger(HostKeyStore.class);

  private final AcceptedKeys accepted = new AcceptedKeys();

  /**
   * What is known of a server.
   *
   * @throws IOException a file cannot be read, see {@link KnownHosts#load}
   */
  public KnownHost lookup(List<Path> files, LookupNames names) throws IOException {
    return accepted.addTo(KnownHosts.load(files).lookup(names), files);
  }

  /**
   * Adds a new key to the first file, unless somebody has decided about the server by now. A key
   * that cannot be written is a warning, and binds for the process's life.
   *
   * @param files as the profile lists them; at least one
   * @return {@link HostKeyVerdict#accepted}, or why the connection must be given up
   * @throws IOException a file cannot be read any more
   */
  public HostKeyVerdict remember(List<Path> files, LookupNames names, HostKey key)
      throws IOException {
    try {
      HostKeyVerdict verdict =
          KnownHostsAppender.append(files, known -> accepted.addTo(known, files), names, key);
      if (verdict.accepted() && !verdict.namesToWrite().isEmpty()) {
        log.info(
            "host key of {} is new and was added to {} as {} ({})",
            verdict.host(),
            files.get(0),
            String.join(",", verdict.namesToWrite()),
            key);
      }
      return verdict;
    } catch (IOException e) {
      return keep(files, names, key, KnownHostsFile.reason(e));
    }
  }

  private HostKeyVerdict keep(List<Path> files, LookupNames names, HostKey key, String reason)
      throws IOException {
    HostKeyVerdict verdict = lookup(files, names).judge(key, true);
    Path file = files.get(0);
    for (String name : verdict.accepted() ? verdict.namesToWrite() : List.<String>of()) {
      switch (accepted.keep(file, name, key)) {
        case NEWLY ->
            log.warn(
                "host key of {} is new ({}) and could not be added to {} ({}); until Culvert ends, no other is accepted",
                name,
                key,
                file,
                reason);
        case ALREADY -> log.debug("{} still cannot be written: {}", file, reason);
        case NOT -> {
          HostKeyVerdict now = lookup(files, names).judge(key, true);
          return now.accepted()
              ? new HostKeyVerdict.NotRemembered(names.shown(), key, file, reason)
              : now;
        }
      }
    }
    return verdict;
  }
}
