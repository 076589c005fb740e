package culvert.ssh.mina.connection;

import culvert.ssh.Asker;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.hostkey.HostKey;
import culvert.ssh.mina.hostkey.HostKeyVerdict;
import culvert.ssh.mina.hostkey.LookupNames;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

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
  private Object client;

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
    this.client = asker.place();
  }

  /**
   * Binds the host to the key.
   *
   * @return fails with {@link SshException} when it is bound to another by now, or must not be
   *     bound: no login may follow
   */
  Future<Void> bind(EventLoop loop) {
    Promise<Void> bound = loop.newPromise();
    asker.identify(
        who ->
            loop.execute(
                () -> {
                  client = who;
                  PromiseNotifier.cascade(
                      false,
                      judged(loop, () -> services.hostKeys().accept(files(), names, key, who)),
                      bound);
                }));
    return bound;
  }

  /**
   * Writes the key down; a login has succeeded.
   *
   * @return fails with {@link SshException} when somebody has written another one meanwhile: the
   *     session must be given up
   */
  Future<Void> write(EventLoop loop) {
    Object who = client;
    return judged(loop, () -> services.hostKeys().remember(files(), names, key, who));
  }

  private List<Path> files() {
    return server.profile().hostKeys().knownHosts();
  }

  private Future<Void> judged(EventLoop loop, Callable<HostKeyVerdict> judge) {
    return HostKeyCheck.orImpossible(
        server,
        loop,
        services.offLoop(
            loop,
            () -> {
              HostKeyVerdict verdict = judge.call();
              if (!verdict.accepted()) {
                throw new SshException(SshFailure.HOST_KEY, verdict.message());
              }
              return null;
            }));
  }
}
