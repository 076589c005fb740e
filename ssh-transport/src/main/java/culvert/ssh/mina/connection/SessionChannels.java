package culvert.ssh.mina.connection;

import culvert.ssh.BindAddress;
import culvert.ssh.Defects;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.OpenedChannel;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSecurity;
import culvert.ssh.SshServer;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.auth.LoginMethods;
import culvert.ssh.mina.channel.ForwardedTcpipChannel;
import culvert.ssh.mina.channel.ReceiveWindow;
import culvert.ssh.mina.channel.RoundTrip;
import culvert.ssh.mina.channel.SshDuplexChannel;
import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels and remote forwards of a logged-in SSH connection. Any thread may ask for one; the
 * rest is confined to the connection's event loop.
 */
public final class SessionChannels {
  private static final Logger log = LoggerFactory.getLogger(SessionChannels.class);

  private final SshServer server;
  private final ClientSession session;
  private final NettyIoSession connection;
  private final WindowBudget windows;
  private final RoundTrip roundTrip = new RoundTrip();
  private final RemoteForwards forwards;
  private final Set<SshDuplexChannel> open = new HashSet<>();
  private final Optional<String> remark;
  private final SshSecurity security;
  private boolean ended;

  SessionChannels(SshServer server, ClientSession session, WindowBudget windows) {
    this.server = server;
    this.session = session;
    this.connection = (NettyIoSession) session.getIoSession();
    this.windows = windows;
    this.remark = LoginMethods.remark(session);
    this.security = Securities.of(session);
    this.forwards = new RemoteForwards(server, session);
  }

  /** How they are protected. */
  public SshSecurity security() {
    return security;
  }

  /**
   * Opens a channel; see {@link culvert.ssh.SshSession#openDirectTcpip}.
   *
   * @param carrier see {@link HopSession#openCarrier}
   * @return completes when the channel is {@linkplain SshDuplexChannel#gone gone}
   */
  public Future<Void> openDirect(
      TunnelTarget target,
      Originator originator,
      ChannelHandler initializer,
      boolean carrier,
      Promise<DuplexChannel> opened) {
    return unlessEnded(
        opened,
        gone -> {
          Optional<WindowBudget.Share> share =
              carrier ? Optional.empty() : Optional.of(windows.reserve());
          SshDuplexChannel channel =
              SshDuplexChannel.open(
                  session,
                  connection,
                  target,
                  originator,
                  share
                      .map(this::window)
                      .orElseGet(() -> window(ReceiveWindow.Room.fixed(windows.windowBytes()))),
                  initializer,
                  remark.map(said -> explained(said, opened)).orElse(opened));
          track(channel, share, () -> gone.setSuccess(null));
        });
  }

  private ReceiveWindow window(ReceiveWindow.Room room) {
    return new ReceiveWindow(room, roundTrip, System::nanoTime);
  }

  /**
   * sshd lets an account in whose password has to be changed first, says so, and forbids channels:
   * that is no refusal of forwarding.
   */
  private Promise<DuplexChannel> explained(String said, Promise<DuplexChannel> opened) {
    Promise<DuplexChannel> asked = connection.eventLoop().newPromise();
    asked.addListener(
        (Future<DuplexChannel> answer) -> {
          if (answer.isSuccess()) {
            OpenedChannel.passOn(answer, opened);
          } else {
            opened.tryFailure(explained(said, answer.cause()));
          }
        });
    return asked;
  }

  private static Throwable explained(String said, Throwable failure) {
    return failure instanceof SshException refusal
            && refusal.failure() == SshFailure.FORWARDING_REFUSED
        ? new SshException(
            SshFailure.LOGIN_UNFINISHED,
            refusal.getMessage() + ", and at the login the server said: " + said,
            refusal)
        : failure;
  }

  /**
   * Asks for a remote forward; see {@link culvert.ssh.SshSession#requestRemoteForward}.
   *
   * @param released when it completes the forward is cancelled
   * @return completes when the forward has ended and its last channel is closed, or when it did not
   *     come about
   */
  public Future<Void> requestForward(
      BindAddress bind,
      ForwardedConnections connections,
      Future<Void> released,
      Promise<RemoteForward> bound) {
    return unlessEnded(bound, gone -> forwards.request(bind, connections, released, bound, gone));
  }

  private Future<Void> unlessEnded(Promise<?> asked, Consumer<Promise<Void>> work) {
    EventLoop loop = connection.eventLoop();
    Promise<Void> gone = loop.newPromise();
    Loops.post(
        loop,
        Defects.told(
            () -> run(asked, gone, work),
            defect -> {
              asked.tryFailure(SshException.of(defect));
              gone.trySuccess(null);
            }));
    return gone;
  }

  private void run(Promise<?> asked, Promise<Void> gone, Consumer<Promise<Void>> work) {
    assert Loops.isOn(connection.eventLoop());
    if (ended) {
      asked.tryFailure(DialFailures.failure(SshFailure.SESSION_ENDED, server, "session has ended"));
      gone.setSuccess(null);
    } else {
      work.accept(gone);
    }
  }

  /** See {@link ForwardedTcpipChannel.Gate}. */
  void opening(ForwardedTcpipChannel ssh, BindAddress connected, Originator originator) {
    forwards.find(connected, forward -> offer(ssh, forward, originator), ssh::refuseForWantOfRoom);
  }

  private void offer(
      ForwardedTcpipChannel ssh, Optional<ActiveForward> found, Originator originator) {
    if (found.isEmpty()) {
      ssh.refuse();
      return;
    }
    ActiveForward forward = found.get();
    forward.channelOpened(); // before asking: who accepts one connection cancels the forward there
    Optional<ChannelHandler> initializer = acceptedBy(forward, originator);
    if (initializer.isPresent()) {
      accept(ssh, forward, originator, initializer.get());
    } else {
      ssh.refuse();
      forward.channelClosed();
    }
  }

  private static Optional<ChannelHandler> acceptedBy(ActiveForward forward, Originator originator) {
    try {
      return forward.connections().accept(originator);
    } catch (RuntimeException e) {
      log.warn("{}: connection of {} refused: its user failed", forward, originator, e);
      return Optional.empty();
    }
  }

  private void accept(
      ForwardedTcpipChannel ssh,
      ActiveForward forward,
      Originator originator,
      ChannelHandler initializer) {
    WindowBudget.Share share = windows.reserve();
    track(
        SshDuplexChannel.accept(connection, ssh, originator, window(share), initializer),
        Optional.of(share),
        forward::channelClosed);
  }

  /**
   * Until it is gone.
   *
   * @param share of the windows: held until it is closed, since what comes later is dropped
   */
  private void track(SshDuplexChannel channel, Optional<WindowBudget.Share> share, Runnable gone) {
    assert Loops.isOn(connection.eventLoop());
    open.add(channel);
    share.ifPresent(held -> channel.closeFuture().addListener(closed -> held.release()));
    channel
        .gone()
        .addListener(
            closed -> {
              assert Loops.isOn(connection.eventLoop());
              open.remove(channel);
              share.ifPresent(WindowBudget.Share::leave);
              gone.run();
            });
  }

  /** The connection is gone, and everything on it. */
  void end(SshException reason) {
    assert Loops.isOn(connection.eventLoop());
    ended = true;
    forwards.end(reason);
    Set.copyOf(open).forEach(channel -> channel.connectionEnded(reason));
  }
}
