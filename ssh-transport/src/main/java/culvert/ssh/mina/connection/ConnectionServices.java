package culvert.ssh.mina.connection;

import culvert.ssh.AddressResolver;
import culvert.ssh.SshEvents;
import culvert.ssh.SshServer;
import culvert.ssh.TcpDialer;
import culvert.ssh.mina.auth.LoginFactory;
import culvert.ssh.mina.hostkey.HostKeyStore;
import culvert.ssh.mina.hostkey.KnownHost;
import culvert.ssh.mina.hostkey.LookupNames;
import culvert.ssh.mina.kex.SessionSettings;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What every SSH connection needs from outside. Thread-safe.
 *
 * @param blocking where files are read and written
 */
public record ConnectionServices(
    AddressResolver resolver,
    TcpDialer dialer,
    Executor blocking,
    MinaClient client,
    SessionSettings settings,
    LoginFactory logins,
    HostKeyStore hostKeys,
    SshEvents events,
    WindowBudget windows,
    Clock clock) {
  /** Runs work that may block; the future completes on the loop. */
  <T> Future<T> offLoop(EventLoop loop, Callable<T> work) {
    return offLoop(blocking, loop, work);
  }

  public static <T> Future<T> offLoop(Executor threads, EventLoop loop, Callable<T> work) {
    Promise<T> done = loop.newPromise();
    try {
      threads.execute(
          () -> {
            try {
              done.setSuccess(work.call());
            } catch (Throwable e) { // an Error must not leave somebody waiting for ever
              done.setFailure(e);
            }
          });
    } catch (RejectedExecutionException e) {
      done.setFailure(e);
    }
    return done;
  }

  /**
   * What is known of the server; blocks.
   *
   * @param reached its own address, if it was reached without help
   */
  KnownHost knownHost(SshServer server, Optional<InetAddress> reached) throws IOException {
    return hostKeys.lookup(server.profile().hostKeys(), names(server, reached));
  }

  /** The names under which the server is known. */
  static LookupNames names(SshServer server, Optional<InetAddress> reached) {
    return LookupNames.of(server.profile().hostKeys(), server.host(), server.port(), reached);
  }
}
