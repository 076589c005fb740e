package culvert.ssh.mina.connection;

import culvert.ssh.Asker;
import culvert.ssh.BindAddress;
import culvert.ssh.Defects;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.auth.Login;
import culvert.ssh.mina.channel.ForwardedTcpipChannel;
import culvert.ssh.mina.connection.ServerDialler.Dialled;
import culvert.ssh.mina.io.Loops;
import culvert.ssh.proxy.ProxyHandshake;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SSH connection from its TCP connect to its end. Confined to its event loop, but for the
 * futures and {@link #close}. That loop changes once at most, before keys are exchanged: a channel
 * of another SSH connection lives on that one's loop.
 *
 * <pre>Connecting -> ExchangingKeys -> Ready -> LoggingIn -> LoggedIn -> Ended</pre>
 */
public final class SshConnection {
  private static final Logger log = LoggerFactory.getLogger(SshConnection.class);

  private enum State {
    CONNECTING,
    EXCHANGING_KEYS,
    READY,
    LOGGING_IN,
    LOGGED_IN,
    ENDED
  }

  /** For names and known_hosts: the resolver has deadlines of its own, which are shorter. */
  private static final Duration OWN_PATIENCE = Duration.ofSeconds(15);

  private final SshServer server;
  private final ConnectionServices services;
  private final Promise<Void> reached;
  private final Promise<Void> ready;
  private final Promise<SessionChannels> loggedIn;
  private final Promise<SshException> ended;
  private final Promise<Void> gone;
  private final Asker asker;
  private final Approach approach;
  private final TurnClock connectClock;
  private final TimedLogin login;

  private final EventLoop firstLoop;
  private State state = State.CONNECTING;
  private volatile @Nullable Channel socket;
  private volatile Optional<InetAddress> serverAddress = Optional.empty();
  private @Nullable HostKeyCheck hostKey;
  private @Nullable ClientSession session;
  private @Nullable SessionWatches watches;
  private @Nullable Throwable firstTrouble;
  private Duration ownBefore = Duration.ZERO; // own time before the server was reached

  private SshConnection(
      SshServer server,
      Optional<SshSessionSpec> via,
      Asker asker,
      EventLoop loop,
      ConnectionServices services,
      ServerDialler dialler) {
    this.server = server;
    this.firstLoop = loop;
    this.services = services;
    this.reached = loop.newPromise();
    this.ready = loop.newPromise();
    this.loggedIn = loop.newPromise();
    this.ended = loop.newPromise();
    this.gone = loop.newPromise();
    this.asker = asker;
    this.approach = new Approach(server, via, asker, dialler, loop, new Arrival());
    this.connectClock =
        new TurnClock(
            this::schedule,
            loop.ticker()::nanoTime,
            server.profile().timeouts().connect(),
            () -> end(DialFailures.connectTimedOut(server, state != State.CONNECTING)),
            OWN_PATIENCE,
            this::heldUp);
    this.login = new TimedLogin(server, this::schedule, loop.ticker()::nanoTime, this::end);
  }

  /**
   * Begins to connect; {@link #reached} and {@link #ready} tell how it goes.
   *
   * @param via the session with the hop before the server, to be made or joined; its passwords are
   *     read until the connection is reached
   * @param asker on whose behalf names are looked up
   * @param loop where futures complete, and the connection lives unless a hop's lives elsewhere
   */
  public static SshConnection start(
      SshServer server,
      Optional<SshSessionSpec> via,
      Asker asker,
      EventLoop loop,
      ConnectionServices services,
      ServerDialler dialler) {
    SshConnection connection = new SshConnection(server, via, asker, loop, services, dialler);
    loop.execute(() -> connection.onLoop(connection.approach::begin));
    return connection;
  }

  /** The TCP connection stands. */
  public Future<Void> reached() {
    return reached;
  }

  /** Keys are exchanged, the host key is verified and, where it was new, bound to its host. */
  public Future<Void> ready() {
    return ready;
  }

  /** Never fails; on the loop that the connection began on. */
  public Future<SshException> ended() {
    return ended;
  }

  /** Never fails: it has ended, and its socket is closed. */
  public Future<Void> gone() {
    return gone;
  }

  /** Final when it is {@link #ready}. */
  public EventLoop loop() {
    Channel tcp = socket;
    return tcp == null ? firstLoop : tcp.eventLoop();
  }

  /** How long it has been held up by Culvert itself until now, hops included. Any thread. */
  public Duration ownTime() {
    return connectClock.ownTime().plus(login.ownTime()).plus(approach.ownTime());
  }

  private final class Arrival implements Approach.Listener {
    @Override
    public void dialling() {
      connectClock.ourTurn();
    }

    @Override
    public void named() {
      connectClock.peersTurn();
    }

    /** From here on everything happens where the channel lives. */
    @Override
    public void reached(Dialled dialled) {
      socket = dialled.channel();
      onLoop(() -> dialled(dialled));
    }

    @Override
    public void failed(SshException why) {
      end(why);
    }
  }

  private void dialled(Dialled dialled) {
    if (state != State.CONNECTING) {
      dialled.channel().close();
      return;
    }
    serverAddress = dialled.address();
    dialled.channel().closeFuture().addListener(closed -> endOfSession());
    ownBefore = connectClock.ownTime();
    reached.trySuccess(null);
    loadKnownHosts(dialled.channel());
  }

  private void loadKnownHosts(DuplexChannel tcp) {
    connectClock.ourTurn();
    Future<HostKeyCheck> check = HostKeyCheck.load(services, server, serverAddress, asker, loop());
    unlessFailed(check, () -> exchangeKeys(tcp, check.getNow()));
  }

  private void unlessFailed(Future<?> work, Runnable next) {
    work.addListener(
        done -> {
          if (done.isSuccess()) {
            onLoop(next);
          } else {
            end(SshException.of(done.cause()));
          }
        });
  }

  private void exchangeKeys(DuplexChannel tcp, HostKeyCheck check) {
    if (state != State.CONNECTING) {
      return;
    }
    moveTo(State.EXCHANGING_KEYS);
    connectClock.peersTurn();
    hostKey = check;
    try {
      services
          .client()
          .connect(tcp, serverAddress, server.port(), this)
          .addListener(
              connected -> {
                if (connected.getException() != null) {
                  trouble(connected.getException());
                  endOfSession();
                }
              });
      ProxyHandshake.finish(tcp);
    } catch (IOException e) {
      end(DialFailures.failure(SshFailure.NOT_SSH, server, "no SSH session", e));
    }
  }

  /** Where the server was reached; empty: not yet, or not by us. Any thread. */
  public Optional<InetAddress> serverAddress() {
    return serverAddress;
  }

  /** MINA made the session and has not sent anything yet. */
  void sessionCreated(ClientSession created) {
    session = created;
    if (hostKey != null) {
      hostKey.install(created);
      services.settings().apply(created, server.profile(), hostKey::isKnown);
    }
  }

  /** Keys are exchanged, for the first time or again. */
  void keysExchanged() {
    if (watches != null) {
      watches.keysExchanged();
    }
    if (state != State.EXCHANGING_KEYS || hostKey == null) {
      return;
    }
    Optional<NewHostKey> accepted = hostKey.newKey();
    if (accepted.isPresent()) {
      NewHostKey key = accepted.get();
      connectClock.ourTurn();
      ended.addListener(gone -> onLoop(key::end));
      unlessFailed(key.bind(loop()), this::becomeReady);
    } else {
      becomeReady();
    }
  }

  private void becomeReady() {
    if (state == State.EXCHANGING_KEYS) {
      connectClock.stop();
      moveTo(State.READY);
      ready.trySuccess(null);
    }
  }

  /**
   * Logs in; only when {@link #ready}. The connection owns the login and wipes it.
   *
   * @return fails with the reason, and then the connection has ended
   */
  public Future<SessionChannels> logIn(Login newLogin) {
    onLoop(() -> beginLogin(newLogin));
    return loggedIn;
  }

  private void beginLogin(Login newLogin) {
    ClientSession ssh = session;
    if (state != State.READY || ssh == null || hostKey == null) {
      newLogin.wipe();
      loggedIn.tryFailure(
          DialFailures.failure(SshFailure.NOT_SSH, server, "hung up before the login"));
      return;
    }
    moveTo(State.LOGGING_IN);
    hostKey.newKey().ifPresent(NewHostKey::loginBegins);
    login.begin(newLogin, ssh, hostKey.newKey(), () -> loggedIn(ssh));
  }

  private void loggedIn(ClientSession ssh) {
    moveTo(State.LOGGED_IN);
    Channel tcp = Objects.requireNonNull(socket, "socket: none, though logged in");
    watches = new SessionWatches(server, ssh, tcp, services.clock(), this::end);
    watches.start();
    loggedIn.trySuccess(new SessionChannels(server, ssh, services.windows()));
  }

  /** What runs on the connection; only when {@link #logIn} has succeeded. Any thread. */
  public SessionChannels channels() {
    return loggedIn.getNow();
  }

  /** The server opens a channel; see {@link ForwardedTcpipChannel.Gate}. */
  void opening(ForwardedTcpipChannel ssh, BindAddress connected, Originator originator) {
    if (loggedIn.isSuccess()) {
      channels().opening(ssh, connected, originator);
    } else {
      ssh.refuse();
    }
  }

  /** The first thing that went wrong is the reason of the end. Any thread. */
  void trouble(Throwable cause) {
    onLoop(() -> firstTrouble = firstTrouble == null ? cause : firstTrouble);
  }

  /** MINA's session is closed; on any thread. */
  void endOfSession() {
    onLoop(() -> end(reasonOfEnd()));
  }

  private SshException reasonOfEnd() {
    Throwable cause = firstTrouble == null ? new IOException("connection closed") : firstTrouble;
    Optional<SshException> certain =
        Optional.ofNullable(hostKey)
            .flatMap(HostKeyCheck::rejection)
            .or(() -> SessionDefects.in(cause));
    if (certain.isPresent()) {
      return certain.get();
    }
    return switch (state) {
      case CONNECTING, EXCHANGING_KEYS ->
          DialFailures.beforeTheKeys(server, cause, connectClock.ownTime().minus(ownBefore));
      case READY -> DialFailures.beforeTheLogin(server, cause);
      case LOGGING_IN -> login.brokenOff(cause);
      case LOGGED_IN, ENDED -> DialFailures.sessionEnded(server, cause);
    };
  }

  private void heldUp() {
    end(DialFailures.heldUp(server, "names or known_hosts", connectClock.ownTime()));
  }

  /**
   * Ends the connection: at once for whoever uses it, while its socket takes leave of the server.
   * Idempotent; on any thread.
   */
  public void close(String reason) {
    onLoop(() -> end(DialFailures.failure(SshFailure.SESSION_ENDED, server, reason)));
  }

  private void end(SshException reason) {
    if (state == State.ENDED) {
      return;
    }
    moveTo(State.ENDED);
    approach.giveUp();
    connectClock.stop();
    login.end();
    if (watches != null) {
      watches.stop();
    }
    // Of what went wrong MINA has told the server, as far as there is anything to tell.
    Farewell.end(session, socket, firstTrouble == null, gone);
    if (loggedIn.isSuccess()) {
      channels().end(reason);
    }
    reached.tryFailure(reason);
    ready.tryFailure(reason);
    loggedIn.tryFailure(reason);
    ended.trySuccess(reason);
  }

  private void moveTo(State next) {
    assert Loops.isOn(loop());
    log.debug("{}: {} -> {}", server, state, next);
    state = next;
  }

  private ScheduledFuture<?> schedule(Duration delay, Runnable task) {
    return loop().schedule(() -> onLoop(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  void onLoop(Runnable task) {
    EventLoop now = loop();
    if (now.inEventLoop()) {
      Defects.told(task, defect -> end(SshException.of(defect))).run();
    } else {
      now.execute(() -> onLoop(task)); // which may have changed by then
    }
  }
}
