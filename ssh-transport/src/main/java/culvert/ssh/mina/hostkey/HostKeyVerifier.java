package culvert.ssh.mina.hostkey;

import culvert.ssh.HostKeyChange;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the host key of one connection against a snapshot, at its first and every later key
 * exchange. Does no I/O. Called on the session's thread; the results may be read from any.
 */
public final class HostKeyVerifier implements ServerKeyVerifier {
  private static final Logger log = LoggerFactory.getLogger(HostKeyVerifier.class);

  private final KnownHost known;
  private final boolean acceptNew;
  private final HostKeyAlgorithms algorithms;
  private final Clock clock;
  private final Changes changes;
  private volatile @Nullable HostKey first; // written by the session's thread only
  private volatile @Nullable HostKeyVerdict verdict; // written by the session's thread only

  /** Hears of a key that is shown in place of what is known. */
  @FunctionalInterface
  public interface Changes {

    /**
     * Such a key.
     *
     * @param how for people, with what is known
     */
    void changed(HostKey key, HostKeyChange change, String how);
  }

  /**
   * @param known about this very connection's host and port
   * @param acceptNew the profile's {@code strict-host-key-checking: accept-new}
   * @param clock for the time in which a certificate is valid
   */
  public HostKeyVerifier(
      KnownHost known, boolean acceptNew, HostKeyAlgorithms algorithms, Clock clock) {
    this(known, acceptNew, algorithms, clock, (key, change, how) -> {});
  }

  /**
   * The same.
   *
   * @param changes hears of them
   */
  public HostKeyVerifier(
      KnownHost known,
      boolean acceptNew,
      HostKeyAlgorithms algorithms,
      Clock clock,
      Changes changes) {
    this.changes = changes;
    this.known = known;
    this.acceptNew = acceptNew;
    this.algorithms = algorithms;
    this.clock = clock;
  }

  /**
   * The host-key algorithms for this connection, in the order in which to propose them: those of
   * known keys first. For {@code session.setSignatureFactories} before keys are exchanged; with
   * these a bad signature becomes a {@link #rejection} too.
   */
  public List<NamedFactory<Signature>> signatureFactories() {
    return algorithms.of(known).stream()
        .map(
            real ->
                WatchedSignature.factory(
                    real,
                    key -> verdict = new HostKeyVerdict.BadlySigned(known.names().shown(), key)))
        .toList();
  }

  /** Whether the server is known by a key for that host-key algorithm, or by its authority's. */
  public boolean isKnown(String algorithm) {
    return known.hasKeyFor(algorithm);
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey serverKey) {
    Optional<HostCertificate> certificate =
        serverKey instanceof OpenSshCertificate openSsh
            ? Optional.of(HostCertificate.of(openSsh))
            : Optional.empty();
    HostKey key = certificate.map(HostCertificate::key).orElseGet(() -> HostKey.of(serverKey));
    HostKey before = first;
    HostKeyVerdict judged;
    if (before == null) {
      first = key;
      judged =
          certificate
              .map(shown -> known.judge(shown, acceptNew, clock.instant(), algorithms))
              .orElseGet(() -> known.judge(key, acceptNew));
    } else if (before.equals(key)) {
      return verdict != null && verdict.accepted();
    } else {
      judged = new HostKeyVerdict.Switched(known.names().shown(), before, key);
    }
    verdict = judged;
    log.debug("{}", judged.message());
    judged.change().ifPresent(change -> changes.changed(key, change, judged.message()));
    return judged.accepted();
  }

  /** The latest verdict; empty before the key exchange. */
  public Optional<HostKeyVerdict> verdict() {
    return Optional.ofNullable(verdict);
  }

  /** The verdict, if it is why the connection was given up: an SshException(HOST_KEY). */
  public Optional<HostKeyVerdict> rejection() {
    return verdict().filter(judged -> !judged.accepted());
  }

  /** The key to accept before the login, and to append to known_hosts after it. */
  public Optional<HostKey> toRemember() {
    return verdict()
        .filter(judged -> !judged.namesToWrite().isEmpty())
        .flatMap(judged -> Optional.ofNullable(first));
  }
}
