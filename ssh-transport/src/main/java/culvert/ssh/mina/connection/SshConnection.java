package culvert.ssh.mina.connection;

import culvert.ssh.Asker;
import culvert.ssh.BindAddress;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.auth.Login;
import culvert.ssh.mina.channel.ForwardedTcpipChannel;
import culvert.ssh.mina.connection.ServerDialler.Dialled;
import culvert.ssh.mina.hostkey.HostKey;
import culvert.ssh.mina.io.NettyIoServices;
import culvert.ssh.mina.io.NettyIoSession;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SSH connection from its TCP connect to its end. Confined to its event loop, but for the
 * futures and {@link #close}. That loop changes once at most, before keys are exchanged: a channel
 * of another SSH connection lives on that one's loop.
 *
 * <pre>Connecting -> ExchangingKeys -> Ready -> LoggingIn -> Accepted -> LoggedIn -> Ended</pre>
 */
public final class SshConnection {
  private static final Logger log = LoggerFactory.getLogger(SshConnection.class);
  private static final AttributeKey<SshConnection> CONNECTION = new AttributeKey<>();

  private enum State {
    CONNECTING,
    EXCHANGING_KEYS,
    READY,
    LOGGING_IN,
    ACCEPTED,
    LOGGED_IN,
    ENDED
  }

  /** For names and known_hosts: the resolver has deadlines of its own, which are shorter. */
  private static final Duration OWN_PATIENCE = Duration.ofSeconds(15);

  private final SshServer server;
  private final Optional<SshSessionSpec> via;
  private final Asker asker;
  private final ConnectionServices services;
  private final ServerDialler dialler;
  private final Promise<Void> reached;
  private final Promise<Void> ready;
  private final Promise<SessionChannels> loggedIn;
  private final Promise<SshException> ended;
  private final Promise<Void> gone;
  private final HopWait hopWait;
  private final TurnClock connectClock;
  private final TurnClock loginClock;

  private volatile EventLoop loop;
  private State state = State.CONNECTING;
  private @Nullable Future<Dialled> dialling;
  private @Nullable Channel socket;
  private volatile Optional<InetAddress> serverAddress = Optional.empty();
  private @Nullable HostKeyCheck hostKey;
  private @Nullable NewHostKey newHostKey;
  private @Nullable ClientSession session;
  private @Nullable Login login;
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
    this.via = via;
    this.asker = asker;
    this.loop = loop;
    this.services = services;
    this.dialler = dialler;
    this.reached = loop.newPromise();
    this.ready = loop.newPromise();
    this.loggedIn = loop.newPromise();
    this.ended = loop.newPromise();
    this.gone = loop.newPromise();
    this.hopWait = new HopWait(via, dialler);
    Duration login = server.profile().timeouts().login();
    this.connectClock =
        new TurnClock(
            this::schedule,
            System::nanoTime,
            server.profile().timeouts().connect(),
            this::connectTimedOut,
            OWN_PATIENCE,
            this::connectHeldUp);
    this.loginClock =
        new TurnClock(
            this::schedule, System::nanoTime, login, this::loginTimedOut, login, this::loginHeldUp);
  }

  /**
   * Begins to connect; {@link #reached} and {@link #ready} tell how it goes.
   *
   * @param via the session with the hop before the server, to be made or joined; its passwords are
   *     read until the connection is reached
   * @param asker on whose behalf names are looked up
   * @param loop where futures complete, and where the connection lives unless a hop's connection
   *     lives elsewhere
   */
  public static SshConnection start(
      SshServer server,
      Optional<SshSessionSpec> via,
      Asker asker,
      EventLoop loop,
      ConnectionServices services,
      ServerDialler dialler) {
    SshConnection connection = new SshConnection(server, via, asker, loop, services, dialler);
    loop.execute(connection::connect);
    return connection;
  }

  /** The TCP connection stands. */
  public Future<Void> reached() {
    return reached;
  }

  /**
   * Keys are exchanged, and the host key is verified; where it was new, its host is bound to it.
   */
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
    return loop;
  }

  /** MINA's session belongs to this connection, if Culvert made it. */
  static Optional<SshConnection> of(Session session) {
    AttributeRepository context =
        session instanceof ClientSession client ? client.getConnectionContext() : null;
    return context == null
        ? Optional.empty()
        : Optional.ofNullable(context.getAttribute(CONNECTION));
  }

  /** How long it has been held up by Culvert itself until now, hops included. Any thread. */
  public Duration ownTime() {
    return connectClock.ownTime().plus(loginClock.ownTime()).plus(hopWait.ownTime());
  }

  private void connect() {
    if (via.isEmpty()) {
      dial(Optional.empty());
      return;
    }
    hopWait.begin();
    dialler
        .hop(via.get(), loop)
        .addListener(
            (Future<HopSession> hop) -> {
              hopWait.end();
              if (!hop.isSuccess()) {
                end((SshException) hop.cause());
              } else if (state == State.CONNECTING) {
                dial(Optional.of(hop.getNow()));
              } else {
                hop.getNow().release();
              }
            });
  }

  private void dial(Optional<HopSession> hop) {
    if (state != State.CONNECTING) {
      return; // closed before it began
    }
    connectClock.ourTurn();
    dialling = dialler.dial(server, hop, asker, loop, this::named);
    dialling.addListener(
        (Future<Dialled> dialled) -> {
          if (dialled.isSuccess()) {
            settle(dialled.getNow());
          } else if (dialled.cause() instanceof SshException failure) {
            end(failure);
          }
        });
  }

  /** No name is to be looked up any more. */
  private void named() {
    if (state == State.CONNECTING) {
      connectClock.peersTurn();
    }
  }

  /** From here on everything happens where the channel lives. */
  private void settle(Dialled dialled) {
    if (state == State.CONNECTING) {
      loop = dialled.channel().eventLoop();
    }
    onLoop(() -> dialled(dialled));
  }

  private void dialled(Dialled dialled) {
    if (state != State.CONNECTING) {
      dialled.channel().close();
      return;
    }
    socket = dialled.channel();
    serverAddress = dialled.address();
    socket.closeFuture().addListener(closed -> endOfSession());
    ownBefore = connectClock.ownTime();
    reached.trySuccess(null);
    loadKnownHosts(dialled.channel());
  }

  private void loadKnownHosts(DuplexChannel tcp) {
    connectClock.ourTurn();
    HostKeyCheck.load(services, server, serverAddress, loop)
        .addListener(
            (Future<HostKeyCheck> loaded) -> {
              if (!loaded.isSuccess()) {
                end((SshException) loaded.cause());
              } else if (state == State.CONNECTING) {
                exchangeKeys(tcp, loaded.getNow());
              }
            });
  }

  private void exchangeKeys(DuplexChannel tcp, HostKeyCheck check) {
    moveTo(State.EXCHANGING_KEYS);
    connectClock.peersTurn();
    hostKey = check;
    try {
      tcp.pipeline().remove(IdleHandler.class);
      // MINA would resolve a name. The channel is connected already: the address is only shown.
      String address = serverAddress.map(InetAddress::getHostAddress).orElse("0.0.0.0");
      HostConfigEntry entry = new HostConfigEntry("", address, server.port(), "not-yet-known");
      entry.setIdentitiesOnly(true);
      AttributeRepository context =
          AttributeRepository.ofAttributesMap(
              Map.of(NettyIoServices.CHANNEL, tcp, CONNECTION, this));
      services
          .client()
          .connect(entry, context)
          .addListener(
              connected -> {
                if (connected.getException() != null) {
                  trouble(connected.getException());
                  endOfSession();
                }
              });
      ProxyHandshake.finish(tcp);
    } catch (Exception e) {
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
    Optional<HostKey> accepted = hostKey.toRemember();
    if (accepted.isEmpty()) {
      becomeReady();
      return;
    }
    connectClock.ourTurn();
    newHostKey = new NewHostKey(services, server, serverAddress, accepted.get(), asker);
    unlessRejected(newHostKey.bind(loop), this::becomeReady);
  }

  private void unlessRejected(Future<Void> verdict, Runnable next) {
    verdict.addListener(
        judged -> {
          if (judged.isSuccess()) {
            next.run();
          } else {
            end((SshException) judged.cause());
          }
        });
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
    if (!loop.inEventLoop()) {
      loop.execute(() -> logIn(newLogin));
      return loggedIn;
    }
    login = newLogin;
    ClientSession ssh = session;
    if (state != State.READY || ssh == null) {
      newLogin.wipe();
      loggedIn.tryFailure(
          DialFailures.failure(SshFailure.NOT_SSH, server, "hung up before the login"));
      return loggedIn;
    }
    moveTo(State.LOGGING_IN);
    loginClock.peersTurn();
    try {
      ioSession(ssh)
          .inBatch(
              () -> {
                newLogin.attach(ssh, loop, new LoginTurns());
                ssh.auth().addListener(done -> onLoop(() -> authenticated(done)));
              });
    } catch (Exception e) {
      end(newLogin.failure(e));
    }
    return loggedIn;
  }

  private void authenticated(AuthFuture auth) {
    ClientSession ssh = session;
    if (state != State.LOGGING_IN || login == null || ssh == null) {
      return;
    }
    log.debug("{}: {}: {}", server, login, login.course());
    if (!auth.isSuccess()) {
      Throwable cause = auth.getException();
      end(login.failure(cause == null ? new IOException("login refused") : cause));
      return;
    }
    login.wipe();
    moveTo(State.ACCEPTED);
    if (newHostKey == null) {
      becomeLoggedIn(ssh);
    } else {
      loginClock.ourTurn();
      unlessRejected(newHostKey.write(loop), () -> becomeLoggedIn(ssh));
    }
  }

  private void becomeLoggedIn(ClientSession ssh) {
    if (state != State.ACCEPTED) {
      return;
    }
    loginClock.stop();
    moveTo(State.LOGGED_IN);
    watch(ssh);
    loggedIn.trySuccess(new SessionChannels(server, ssh, services.windows()));
  }

  private final class LoginTurns implements Login.Turns {
    @Override
    public void ours() {
      if (state == State.LOGGING_IN) {
        loginClock.ourTurn();
      }
    }

    @Override
    public void theServers() {
      if (state == State.LOGGING_IN) {
        loginClock.peersTurn();
      }
    }
  }

  private void watch(ClientSession ssh) {
    watches =
        new SessionWatches(
            server,
            ssh,
            Objects.requireNonNull(socket, "socket: none, though logged in"),
            services.clock(),
            this::end);
    watches.start();
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

  private static NettyIoSession ioSession(ClientSession ssh) {
    return (NettyIoSession) ssh.getIoSession();
  }

  /** The first thing that went wrong is the reason of the end. */
  void trouble(Throwable cause) {
    if (firstTrouble == null) {
      firstTrouble = cause;
    }
  }

  /** MINA's session is closed; on any thread. */
  void endOfSession() {
    onLoop(() -> end(reasonOfEnd()));
  }

  private SshException reasonOfEnd() {
    Throwable cause = firstTrouble == null ? new IOException("connection closed") : firstTrouble;
    Optional<SshException> rejected = Optional.ofNullable(hostKey).flatMap(HostKeyCheck::rejection);
    if (rejected.isPresent()) {
      return rejected.get();
    }
    return switch (state) {
      case CONNECTING, EXCHANGING_KEYS ->
          DialFailures.beforeTheKeys(server, cause, connectClock.ownTime().minus(ownBefore));
      case READY -> DialFailures.beforeTheLogin(server, cause);
      case LOGGING_IN ->
          login == null ? DialFailures.beforeTheLogin(server, cause) : login.failure(cause);
      case ACCEPTED, LOGGED_IN, ENDED -> DialFailures.sessionEnded(server, cause);
    };
  }

  private void connectTimedOut() {
    end(DialFailures.connectTimedOut(server, state != State.CONNECTING));
  }

  private void loginTimedOut() {
    end(DialFailures.loginTimedOut(server));
  }

  private void connectHeldUp() {
    end(DialFailures.heldUp(server, "names or known_hosts", connectClock.ownTime()));
  }

  private void loginHeldUp() {
    String what = state == State.LOGGING_IN ? "a key's signature" : "names or known_hosts";
    end(DialFailures.heldUp(server, what, loginClock.ownTime()));
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
    hopWait.end();
    connectClock.stop();
    loginClock.stop();
    if (login != null) {
      login.wipe();
    }
    if (watches != null) {
      watches.stop();
    }
    if (dialling != null) {
      dialling.cancel(false);
    }
    endSession();
    if (loggedIn.isSuccess()) {
      channels().end(reason);
    }
    reached.tryFailure(reason);
    ready.tryFailure(reason);
    loggedIn.tryFailure(reason);
    ended.trySuccess(reason);
  }

  /** Of what went wrong MINA has told the server, as far as there is anything to tell. */
  private void endSession() {
    if (session != null) {
      if (firstTrouble == null) {
        Farewell.say(session);
      }
      session.close(true); // and the socket, if it does not have to take leave
    } else if (socket != null) {
      socket.close();
    }
    if (socket == null) {
      gone.trySuccess(null);
    } else {
      socket.closeFuture().addListener(closed -> gone.trySuccess(null));
    }
  }

  private void moveTo(State next) {
    log.debug("{}: {} -> {}", server, state, next);
    state = next;
  }

  private ScheduledFuture<?> schedule(Duration delay, Runnable task) {
    return loop.schedule(() -> onLoop(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void onLoop(Runnable task) {
    EventLoop now = loop;
    if (now.inEventLoop()) {
      task.run();
    } else {
      now.execute(() -> onLoop(task)); // which may have changed by then
    }
  }
}
