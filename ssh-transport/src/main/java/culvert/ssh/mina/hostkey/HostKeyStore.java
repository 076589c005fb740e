package culvert.ssh.mina.hostkey;

import culvert.config.HostKeyPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which host keys are known: known_hosts files, and what was accepted and is not written to them.
 * One for the whole process, for all profiles. Blocks; thread-safe.
 */
public final class HostKeyStore {
  private static final Logger log = LoggerFactory.getLogger(HostKeyStore.class);

  /** In place of the files that a profile has not: whatever is accepted is kept in mind only. */
  private static final List<Path> NO_FILES = List.of(Path.of("/dev/null"));

  private final KnownHostsCache cache;
  private final AcceptedKeys accepted = new AcceptedKeys();
  private final NewNames newNames;

  /** Knows what the files say. */
  public HostKeyStore() {
    this(Clock.systemUTC(), System::nanoTime);
  }

  HostKeyStore(Clock clock, LongSupplier nanoTime) {
    cache = new KnownHostsCache(clock);
    newNames = new NewNames(nanoTime);
  }

  /**
   * What is known of a server; where no new key is accepted, what the files say.
   *
   * @throws IOException a file cannot be read, see {@link KnownHosts#load}
   */
  public KnownHost lookup(HostKeyPolicy policy, LookupNames names) throws IOException {
    return policy.acceptNew()
        ? lookup(files(policy.knownHosts()), names)
        : load(policy.knownHosts()).lookup(names);
  }

  private static List<Path> files(List<Path> ofProfile) {
    return ofProfile.isEmpty() ? NO_FILES : ofProfile;
  }

  private KnownHost lookup(List<Path> files, LookupNames names) throws IOException {
    return accepted.addTo(load(files).lookup(names), files);
  }

  private KnownHosts load(List<Path> files) throws IOException {
    return KnownHosts.load(files, cache::get);
  }

  /**
   * Accepts a new key before the login: from now on the host is bound to it, though nothing is
   * written yet.
   *
   * @param ofProfile its files
   * @param client on whose behalf, as an equal object for one and the same
   * @return {@link HostKeyVerdict#accepted}, or why the connection must be given up
   * @throws IOException a file cannot be read any more
   */
  public HostKeyVerdict accept(List<Path> ofProfile, LookupNames names, HostKey key, Object client)
      throws IOException {
    List<Path> files = files(ofProfile);
    HostKeyVerdict verdict = judge(files, names, key, client);
    for (String name : toWrite(verdict)) {
      if (!accepted.claim(files.get(0), name, key, client)) {
        return judge(files, names, key, client);
      }
    }
    return verdict;
  }

  private HostKeyVerdict judge(List<Path> files, LookupNames names, HostKey key, Object client)
      throws IOException {
    HostKeyVerdict verdict = lookup(files, names).judge(key, true);
    return verdict instanceof HostKeyVerdict.NewAccepted && !newNames.hasRoom(client)
        ? new HostKeyVerdict.TooManyNew(names.shown(), key)
        : verdict;
  }

  private static List<String> toWrite(HostKeyVerdict verdict) {
    return verdict.accepted() ? verdict.namesToWrite() : List.of();
  }

  /**
   * Adds a new key to the first file, now that a login has succeeded, unless somebody has decided
   * about the server by now. A key that cannot be written is a warning, and binds for the process's
   * life.
   *
   * @param ofProfile its files
   * @param client on whose behalf
   * @return {@link HostKeyVerdict#accepted}, or why the connection must be given up
   * @throws IOException a file cannot be read any more
   */
  public HostKeyVerdict remember(
      List<Path> ofProfile, LookupNames names, HostKey key, Object client) throws IOException {
    List<Path> files = files(ofProfile);
    if (!newNames.hasRoom(client)) {
      return judge(files, names, key, client);
    }
    try {
      KnownHosts others = load(files.subList(1, files.size()));
      HostKeyVerdict verdict =
          KnownHostsAppender.append(
              files.get(0), first -> accepted.addTo(first.and(others).lookup(names), files), key);
      List<String> written = toWrite(verdict);
      if (!written.isEmpty()) {
        newNames.add(client, written.size());
        accepted.written(files.get(0), written);
        log.info(
            "host key of {} is new and was added to {} as {} ({})",
            verdict.host(),
            files.get(0),
            String.join(",", written),
            key);
      }
      return verdict;
    } catch (IOException e) {
      return keep(files, names, key, client, KnownHostsFile.reason(e));
    }
  }

  private HostKeyVerdict keep(
      List<Path> files, LookupNames names, HostKey key, Object client, String reason)
      throws IOException {
    HostKeyVerdict verdict = lookup(files, names).judge(key, true);
    Path file = files.get(0);
    for (String name : toWrite(verdict)) {
      switch (accepted.keep(file, name, key)) {
        case NEWLY -> {
          newNames.add(client, 1);
          log.warn(
              "host key of {} is new ({}) and could not be added to {} ({}); until Culvert ends, no other is accepted",
              name,
              key,
              file,
              reason);
        }
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
