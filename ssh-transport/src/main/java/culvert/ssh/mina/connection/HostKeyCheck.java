package culvert.ssh.mina.connection;

import culvert.config.AlgorithmKind;
import culvert.config.SshProfile;
import culvert.ssh.Asker;
import culvert.ssh.Defects;
import culvert.ssh.HostKeyEvents;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.hostkey.HostKey;
import culvert.ssh.mina.hostkey.HostKeyAlgorithms;
import culvert.ssh.mina.hostkey.HostKeyVerifier;
import culvert.ssh.mina.hostkey.KnownHost;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.apache.sshd.client.session.ClientSession;

/**
 * The host key of one connection, at its first key exchange and at every later one. Confined to the
 * connection's event loop.
 */
final class HostKeyCheck {
  private final Function<HostKey, NewHostKey> accepting;
  private final HostKeyVerifier verifier;
  private Optional<NewHostKey> newKey = Optional.empty();

  private HostKeyCheck(
      SshServer server,
      KnownHost known,
      Function<HostKey, NewHostKey> accepting,
      HostKeyEvents events) {
    this.accepting = accepting;
    SshProfile profile = server.profile();
    HostKeyAlgorithms algorithms =
        HostKeyAlgorithms.named(profile.algorithms().offered(AlgorithmKind.HOST_KEYS));
    verifier =
        new HostKeyVerifier(
            known,
            profile.hostKeys().acceptNew(),
            algorithms,
            Clock.systemUTC(),
            (key, change, how) ->
                events.changed(server, change, key.type() + " " + key.fingerprint(), how));
  }

  /**
   * Reads what is known of the server, off the loop.
   *
   * @param reached its own address, if it was reached without help
   * @param asker on whose behalf a new key is accepted
   * @return completes on the loop; fails with {@link SshException}
   */
  static Future<HostKeyCheck> load(
      ConnectionServices services,
      SshServer server,
      Optional<InetAddress> reached,
      Asker asker,
      EventLoop loop) {
    Function<HostKey, NewHostKey> accepting =
        key -> new NewHostKey(services, server, reached, key, asker);
    return orImpossible(
        server,
        loop,
        services.offLoop(
            loop,
            () ->
                new HostKeyCheck(
                    server, services.knownHost(server, reached), accepting, services.events())));
  }

  /**
   * What is wrong with known_hosts, as {@link SshException}.
   *
   * @param work completes on the loop
   */
  static <T> Future<T> orImpossible(SshServer server, EventLoop loop, Future<T> work) {
    Promise<T> promise = loop.newPromise();
    work.addListener(
        (Future<T> done) -> {
          if (done.isSuccess()) {
            promise.setSuccess(done.getNow());
          } else {
            promise.setFailure(
                Defects.isOne(done.cause()) || done.cause() instanceof SshException
                    ? SshException.of(done.cause())
                    : impossible(server, done.cause()));
          }
        });
    return promise;
  }

  /** Nothing can be verified; that is never a reason to fall back. */
  private static SshException impossible(SshServer server, Throwable cause) {
    return new SshException(
        SshFailure.HOST_KEY,
        "host key of "
            + server.host()
            + " cannot be verified ("
            + PlainWords.of(cause)
            + "): not sending credentials",
        cause);
  }

  /** Before the session has sent anything. */
  void install(ClientSession session) {
    session.setServerKeyVerifier(verifier);
    session.setSignatureFactories(verifier.signatureFactories());
  }

  /** Whether the server is known by a key for that host-key algorithm. */
  boolean isKnown(String algorithm) {
    return verifier.isKnown(algorithm);
  }

  /** A key to bind its host to before the login, and to write down after it: always the same. */
  Optional<NewHostKey> newKey() {
    if (newKey.isEmpty()) {
      newKey = verifier.toRemember().map(accepting);
    }
    return newKey;
  }

  /** Why the connection was given up, if the host key was the reason. */
  Optional<SshException> rejection() {
    return verifier
        .rejection()
        .map(verdict -> new SshException(SshFailure.HOST_KEY, verdict.message()));
  }
}
