package culvert.ssh.mina.connection;

import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote forwards of a logged-in SSH connection (RFC 4254 section 7.1): those that were asked
 * for and those that live. Confined to the connection's event loop, where MINA delivers the replies
 * too: a forward is known before the next message, which may open its first channel, is looked at.
 */
final class RemoteForwards {
  private static final Logger log = LoggerFactory.getLogger(RemoteForwards.class);
  private static final String LISTEN = "tcpip-forward";
  private static final String CANCEL = "cancel-tcpip-forward";

  /**
   * A reply is not far behind its first channels; a server that gives none could open any number.
   */
  private static final int EARLY_AT_MOST = 64;

  private final SshServer server;
  private final ClientSession session;
  private final NettyIoSession connection;
  private final Set<Request> pending = new HashSet<>();
  private final Set<ActiveForward> live = new HashSet<>();

  /** Channels that may belong to a forward whose reply has not come yet. */
  private final List<Runnable> early = new ArrayList<>();

  RemoteForwards(SshServer server, ClientSession session) {
    this.server = server;
    this.session = session;
    this.connection = (NettyIoSession) session.getIoSession();
  }

  /**
   * Asks the server to listen.
   *
   * @param released when it completes the forward is cancelled
   * @param bound completes when the server has answered
   * @param gone completes when the forward has ended and its last channel is closed, or when it did
   *     not come about
   */
  void request(
      BindAddress bind,
      ForwardedConnections connections,
      Future<Void> released,
      Promise<RemoteForward> bound,
      Promise<Void> gone) {
    assert Loops.isOn(loop());
    Request request = new Request(bind, connections, released, bound, gone);
    pending.add(request);
    try {
      connection.inBatch(
          () -> session.request(message(LISTEN, true, bind), LISTEN, request::replied));
    } catch (Exception e) {
      request.fail(DialFailures.sessionEnded(server, e));
    }
  }

  /** Where all of this happens. Any thread. */
  EventLoop loop() {
    return connection.eventLoop();
  }

  private Buffer message(String name, boolean wantReply, BindAddress address) {
    Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, Byte.MAX_VALUE);
    buffer.putString(name);
    buffer.putBoolean(wantReply);
    buffer.putString(address.host());
    buffer.putUInt(address.port());
    return buffer;
  }

  /**
   * Tells to which forward a channel belongs: at once, or behind the reply where it may belong to
   * one that the server has not answered yet. OpenSSH replies first, but a server that accepts
   * connections on a thread of its own may well open the channel before.
   *
   * @param tooMany called in place of {@code found} where too many wait already
   */
  void find(BindAddress connected, Consumer<Optional<ActiveForward>> found, Runnable tooMany) {
    assert Loops.isOn(loop());
    Optional<ActiveForward> forward = lookUp(connected);
    if (forward.isPresent() || pending.stream().noneMatch(each -> each.mayBind(connected.port()))) {
      found.accept(forward);
    } else if (early.size() < EARLY_AT_MOST) {
      early.add(() -> find(connected, found, tooMany));
    } else {
      tooMany.run();
    }
  }

  /**
   * By the port; the address decides only between several on the same port, since some servers name
   * the one that was asked for and some the one that was bound.
   */
  private Optional<ActiveForward> lookUp(BindAddress connected) {
    List<ActiveForward> onPort =
        live.stream().filter(each -> each.listensOn(connected.port())).toList();
    if (onPort.size() == 1) {
      return Optional.of(onPort.get(0));
    }
    return onPort.stream()
        .filter(each -> each.bound().host().equalsIgnoreCase(connected.host()))
        .findFirst();
  }

  private void lookAgain() {
    List<Runnable> again = List.copyOf(early);
    early.clear();
    again.forEach(Runnable::run);
  }

  /** Idempotent. */
  void cancel(ActiveForward forward) {
    assert Loops.isOn(loop());
    if (!live.remove(forward)) {
      return;
    }
    try {
      connection.inBatch(
          () -> session.request(message(CANCEL, false, forward.bound()), CANCEL, null));
    } catch (Exception e) {
      log.debug("{}: {} not cancelled, the session ends: {}", server, forward, e.getMessage());
    }
    forward.ended();
  }

  /** The connection is gone, and the server listens no more. */
  void end(SshException reason) {
    assert Loops.isOn(loop());
    early.clear();
    Set.copyOf(pending).forEach(request -> request.fail(reason));
    List<ActiveForward> all = List.copyOf(live);
    live.clear();
    all.forEach(ActiveForward::ended);
  }

  /** One that the server has not answered yet. */
  private final class Request {
    private final BindAddress bind;
    private final ForwardedConnections connections;
    private final Future<Void> released;
    private final Promise<RemoteForward> bound;
    private final Promise<Void> gone;

    Request(
        BindAddress bind,
        ForwardedConnections connections,
        Future<Void> released,
        Promise<RemoteForward> bound,
        Promise<Void> gone) {
      this.bind = bind;
      this.connections = connections;
      this.released = released;
      this.bound = bound;
      this.gone = gone;
    }

    void fail(SshException failure) {
      pending.remove(this);
      bound.tryFailure(failure);
      gone.trySuccess(null);
    }

    void replied(int command, Buffer reply) {
      assert Loops.isOn(loop());
      if (command != SshConstants.SSH_MSG_REQUEST_SUCCESS) {
        fail(
            DialFailures.failure(
                SshFailure.FORWARDING_REFUSED,
                server,
                "refused to listen on "
                    + bind
                    + " (taken, or forbidden by AllowTcpForwarding or PermitListen)"));
      } else if (bind.port() != 0) {
        listening(bind);
      } else {
        listeningOnItsOwnChoice(reply);
      }
      lookAgain();
    }

    boolean mayBind(int port) {
      return bind.port() == 0 || bind.port() == port;
    }

    private void listeningOnItsOwnChoice(Buffer reply) {
      long port = reply.available() < Integer.BYTES ? 0 : reply.getUInt();
      if (port < 1 || port > 65535) {
        fail(
            DialFailures.failure(
                SshFailure.FORWARDING_REFUSED,
                server,
                "listens on " + bind + " with port " + port + " (expected: 1..65535)"));
        return;
      }
      listening(new BindAddress(bind.host(), (int) port));
    }

    private void listening(BindAddress address) {
      pending.remove(this);
      ActiveForward forward = new ActiveForward(RemoteForwards.this, address, connections, gone);
      live.add(forward);
      log.debug("{}: {}", server, forward);
      try {
        connections.bound(forward);
      } catch (RuntimeException e) {
        forward.cancel();
        bound.tryFailure(
            DialFailures.failure(SshFailure.SESSION_ENDED, server, "nobody for " + forward, e));
      }
      if (!bound.trySuccess(forward)) {
        forward.cancel();
      }
      FutureListener<Void> cancel = done -> forward.cancel();
      released.addListener(cancel);
      gone.addListener(done -> released.removeListener(cancel));
    }
  }
}
