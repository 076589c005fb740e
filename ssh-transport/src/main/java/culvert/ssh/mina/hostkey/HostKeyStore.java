package culvert.ssh.mina.hostkey;

import culvert.config.HostKeyPolicy;
import culvert.ssh.mina.hostkey.Acceptance.Hold;
import culvert.ssh.mina.hostkey.Acceptance.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
  private final AcceptedKeys accepted;
  private final NewNames newNames;
  private final FailedWrites failures;

  /** Knows what the files say. */
  public HostKeyStore() {
    this(Clock.systemUTC(), System::nanoTime);
  }

  HostKeyStore(Clock clock, LongSupplier nanoTime) {
    this(clock, nanoTime, new FailedWrites(nanoTime));
  }

  HostKeyStore(Clock clock, LongSupplier nanoTime, FailedWrites failures) {
    this.cache = new KnownHostsCache(clock, nanoTime);
    this.accepted = new AcceptedKeys(nanoTime);
    this.newNames = new NewNames(nanoTime);
    this.failures = failures;
  }

  /**
   * What is known of a server; where no new key is accepted, what the files say.
   *
   * @throws IOException a file cannot be read, see {@link KnownHosts#load}
   */
  public KnownHost lookup(HostKeyPolicy policy, LookupNames names) throws IOException {
    return policy.acceptNew()
        ? lookup(files(policy.knownHosts()), names, true)
        : load(policy.knownHosts()).lookup(names);
  }

  private static List<Path> files(List<Path> ofProfile) {
    return ofProfile.isEmpty() ? NO_FILES : ofProfile;
  }

  private KnownHost lookup(List<Path> files, LookupNames names, boolean claimed)
      throws IOException {
    return accepted.addTo(load(files).lookup(names), files, claimed);
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
   * @return to be ended, whatever the verdict
   * @throws IOException a file cannot be read any more
   */
  public Acceptance accept(List<Path> ofProfile, LookupNames names, HostKey key, Object client)
      throws IOException {
    Subject subject = new Subject(files(ofProfile), names, key, client);
    HostKeyVerdict verdict = judge(subject, false);
    if (toWrite(verdict).isEmpty()) {
      return new Acceptance(verdict, subject, Optional.empty());
    }
    Optional<NewNames.Reservation> reserved = newNames.reserve(client, names.name());
    if (reserved.isEmpty()) {
      return without(subject, verdict, new HostKeyVerdict.TooManyNew(names.shown(), key));
    }
    AcceptedKeys.Answer answer = accepted.claim(place(subject), toWrite(verdict), key, client);
    if (answer instanceof AcceptedKeys.Claim claim) {
      return accept(subject, new Hold(accepted, claim, reserved.get()));
    }
    reserved.get().end();
    HostKeyVerdict now = judge(subject, true);
    return answer instanceof AcceptedKeys.Bound bound
        ? new Acceptance(
            toWrite(now).isEmpty() ? now : conflict(subject, bound), subject, Optional.empty())
        : without(subject, now, new HostKeyVerdict.TooManyAtOnce(names.shown(), key));
  }

  /** Where another key binds the first file, whatever other files say, this one cannot. */
  private static HostKeyVerdict conflict(Subject subject, AcceptedKeys.Bound bound) {
    LookupNames names = subject.names();
    KnownKey expected = KnownKey.accepted(bound.key(), subject.files().get(0));
    return bound.name().equals(names.name())
        ? new HostKeyVerdict.Changed(names.shown(), expected, subject.key())
        : new HostKeyVerdict.AddressDiffers(names.shown(), bound.name(), expected, subject.key());
  }

  /** What is written by now counts, not what was when the host was not yet claimed. */
  private Acceptance accept(Subject subject, Hold hold) throws IOException {
    HostKeyVerdict verdict;
    try {
      verdict = judge(subject, false);
    } catch (IOException | RuntimeException e) {
      hold.end();
      throw e;
    }
    if (verdict.accepted()) {
      return new Acceptance(verdict, subject, Optional.of(hold));
    }
    hold.end();
    return new Acceptance(verdict, subject, Optional.empty());
  }

  /** Who is known needs no room: only what would be added is not. */
  private static Acceptance without(
      Subject subject, HostKeyVerdict verdict, HostKeyVerdict noRoom) {
    boolean isNew = verdict instanceof HostKeyVerdict.NewAccepted;
    return new Acceptance(isNew ? noRoom : verdict, subject, Optional.empty());
  }

  private HostKeyVerdict judge(Subject subject, boolean claimed) throws IOException {
    return lookup(subject.files(), subject.names(), claimed).judge(subject.key(), true);
  }

  private static KnownHostsPlace place(Subject subject) {
    return KnownHostsPlace.of(subject.files().get(0));
  }

  private static List<String> toWrite(HostKeyVerdict verdict) {
    return verdict.accepted() ? verdict.namesToWrite() : List.of();
  }

  /**
   * Adds a new key to the first file, now that a login has succeeded, unless somebody has decided
   * about the server by now. A key that cannot be written is a warning, and binds for the process's
   * life; the file is tried again for it after a minute.
   *
   * @return {@link HostKeyVerdict#accepted}, or why the connection must be given up
   * @throws IOException a file cannot be read any more
   */
  public HostKeyVerdict remember(Acceptance acceptance) throws IOException {
    Subject subject = acceptance.subject();
    return acceptance.hold().isPresent()
        ? remember(subject, acceptance.hold().get())
        : acceptance.verdict().accepted() ? judge(subject, true) : acceptance.verdict();
  }

  private HostKeyVerdict remember(Subject subject, Hold hold) throws IOException {
    List<Path> files = subject.files();
    Path file = files.get(0);
    boolean failedBefore = failures.contains(file);
    if (failedBefore && accepted.hasKept(place(subject), hold.claim().names(), subject.key())) {
      accepted.settle(hold.claim());
      return judge(subject, false);
    }
    KnownHosts others = load(files.subList(1, files.size()));
    try {
      HostKeyVerdict verdict =
          KnownHostsAppender.append(
              file,
              failedBefore ? Duration.ZERO : KnownHostsFile.PATIENCE,
              first -> accepted.addTo(first.and(others).lookup(subject.names()), files, false),
              subject.key());
      failures.remove(file);
      if (verdict instanceof HostKeyVerdict.PerhapsKnown perhaps) {
        return keep(subject, hold, perhaps.line().toString()); // it was new when it was claimed
      }
      List<String> written = toWrite(verdict);
      if (!written.isEmpty()) {
        hold.reservation().use();
        log.info(
            "host key of {} is new and was added to {} as {} ({})",
            verdict.host(),
            file,
            String.join(",", written),
            subject.key());
      }
      if (verdict.accepted()) {
        accepted.settle(hold.claim());
      }
      return verdict;
    } catch (IOException e) {
      failures.add(file);
      return keep(subject, hold, KnownHostsFile.reason(e));
    }
  }

  private HostKeyVerdict keep(Subject subject, Hold hold, String reason) throws IOException {
    HostKeyVerdict verdict = judge(subject, false);
    if (!verdict.accepted() && !(verdict instanceof HostKeyVerdict.PerhapsKnown)) {
      return verdict;
    }
    Path file = subject.files().get(0);
    KnownHostsPlace place = place(subject);
    for (String name : verdict.accepted() ? verdict.namesToWrite() : hold.claim().names()) {
      switch (accepted.keep(place, name, subject.key())) {
        case NEWLY -> {
          hold.reservation().use();
          log.warn(
              "host key of {} is new ({}) and could not be added to {} ({}); until Culvert ends, no other is accepted",
              name,
              subject.key(),
              file,
              reason);
        }
        case ALREADY -> log.debug("{} still cannot be written: {}", file, reason);
        case NOT -> {
          HostKeyVerdict now = judge(subject, true);
          return now.accepted()
              ? new HostKeyVerdict.NotRemembered(
                  subject.names().shown(), subject.key(), file, reason)
              : now;
        }
      }
    }
    accepted.settle(hold.claim());
    return verdict.accepted() ? verdict : judge(subject, false);
  }
}
