package culvert.ssh.mina.connection;

import culvert.ssh.Asker;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.hostkey.Acceptance;
import culvert.ssh.mina.hostkey.HostKey;
import culvert.ssh.mina.hostkey.HostKeyVerdict;
import culvert.ssh.mina.hostkey.LookupNames;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A host key that one connection accepts as new: it binds its host from before the login on, and is
 * written down when a login has succeeded. Confined to the connection's event loop.
 */
final class NewHostKey {
  private final ConnectionServices services;
  private final SshServer server;
  private final LookupNames names;
  private final HostKey key;
  private final Asker asker;
  private @Nullable Acceptance acceptance;
  private boolean over;

  /**
   * A key that is accepted by what was known.
   *
   * @param reached the server's own address, if it was reached without help
   * @param asker on whose behalf
   */
  NewHostKey(
      ConnectionServices services,
      SshServer server,
      Optional<InetAddress> reached,
      HostKey key,
      Asker asker) {
    this.services = services;
    this.server = server;
    this.names = ConnectionServices.names(server, reached);
    this.key = key;
    this.asker = asker;
  }

  /**
   * Binds the host to the key, until {@link #end}.
   *
   * @return fails with {@link SshException} when it is bound to another by now, or must not be
   *     bound: no login may follow
   */
  Future<Void> bind(EventLoop loop) {
    Promise<Void> bound = loop.newPromise();
    asker.identify(
        who ->
            services
                .offLoop(loop, () -> services.hostKeys().accept(files(), names, key, who))
                .addListener((Future<Acceptance> accepted) -> bound(accepted, bound)));
    return HostKeyCheck.orImpossible(server, loop, bound);
  }

  private void bound(Future<Acceptance> accepted, Promise<Void> bound) {
    if (!accepted.isSuccess()) {
      bound.tryFailure(accepted.cause());
      return;
    }
    acceptance = accepted.getNow();
    if (over) {
      acceptance.end();
    }
    rejection(acceptance.verdict())
        .ifPresentOrElse(bound::tryFailure, () -> bound.trySuccess(null));
  }

  /** The server may see credentials: should it not accept them, no other key may try at once. */
  void loginBegins() {
    if (acceptance != null) {
      acceptance.loginBegins();
    }
  }

  /**
   * Writes the key down; a login has succeeded.
   *
   * @return fails with {@link SshException} when somebody has written another one meanwhile: the
   *     session must be given up
   */
  Future<Void> write(EventLoop loop) {
    Acceptance bound = Objects.requireNonNull(acceptance, "acceptance: none, though logged in");
    return HostKeyCheck.orImpossible(
        server,
        loop,
        services.offLoop(
            loop,
            () -> {
              Optional<SshException> rejection = rejection(services.hostKeys().remember(bound));
              if (rejection.isPresent()) {
                throw rejection.get();
              }
              bound.end();
              services.events().accepted(server, key.type() + " " + key.fingerprint());
              return null;
            }));
  }

  /** The connection is over. */
  void end() {
    over = true;
    if (acceptance != null) {
      acceptance.end();
    }
  }

  private List<Path> files() {
    return server.profile().hostKeys().knownHosts();
  }

  private static Optional<SshException> rejection(HostKeyVerdict verdict) {
    return verdict.accepted()
        ? Optional.empty()
        : Optional.of(new SshException(SshFailure.HOST_KEY, verdict.message()));
  }
}
