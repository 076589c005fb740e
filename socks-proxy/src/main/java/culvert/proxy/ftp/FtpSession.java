package culvert.proxy.ftp;

import culvert.config.Endpoint;
import culvert.config.FtpSettings;
import culvert.filter.ConnectionRequest;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.ftp.core.ControlDialogue;
import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.LoginCapture;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.proxy.ftp.core.LoginEffect;
import culvert.proxy.ftp.core.LoginEvent;
import culvert.proxy.ftp.core.LoginState;
import culvert.proxy.ftp.core.OwnReply;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.relay.Closing;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One FTP control connection: carries out what {@link LoginCapture} and {@link ControlDialogue} say
 * about its bytes, and stops reading from one side while the other one does not take them. Confined
 * to the client channel's loop.
 *
 * <p>Ends exactly once, in {@link #end}, which gives back everything that it holds.
 */
final class FtpSession
    implements ClientEnd.Listener,
        ServerSide.Listener,
        UpstreamOpener.Listener,
        LoginDeadlines.Listener,
        ActiveMode.Listener,
        DialogueEffects.Session {
  private static final Logger log = LoggerFactory.getLogger(FtpSession.class);

  /** Another user may fare better. */
  private static final Set<SshFailure> LOGIN_FAILURES =
      Set.of(SshFailure.AUTH_FAILED, SshFailure.NO_IDENTITY, SshFailure.LOGIN_UNFINISHED);

  private enum Phase {
    /** No upstream yet, and nothing to say to the client. */
    CONNECTING,
    /** The {@link LoginCapture} has the word, until the server has answered the login. */
    LOGIN,
    /** The {@link ControlDialogue} has the word. */
    RELAYING,
    /** TLS: bytes only. */
    OPAQUE,
    /** The client is gone, and the server is being told that its upload is broken off. */
    ABORTING,
    /** The server is gone, and the client is being told, which may be gone as well. */
    LOST,
    ENDED
  }

  /** Makes the upstream control connection; see {@link #opened} and {@link #failed}. */
  interface Opener {
    void open(byte[] user, Optional<Password> password);

    /** Nobody waits any more. */
    void cancel();
  }

  /** Finds the way to a destination; see {@link #decided} and {@link #refuse}. */
  interface DestinationChoice {

    /**
     * Chooses the destination.
     *
     * @param named by the client in its USER; empty: none
     */
    void choose(Optional<Endpoint> named);
  }

  /** Says where the client comes for data; asked once for each upstream. */
  interface Ports {

    /**
     * Begins with an upstream, which is the way that data connections will take.
     *
     * @param takers of clients that come for data at a port that nobody has announced
     */
    PassivePorts open(Upstream upstream, Function<PassiveReply, DataTaker> takers);
  }

  private final FtpServices services;
  private final Client client;
  private final DuplexChannel channel;
  private final EventLoop loop;
  private final ConnectionRecorder recorder;
  private final ClientEnd clientEnd;
  private final DataTransfers transfers;
  private final DataEvents dataEvents;
  private final List<PassivePorts> holding = new ArrayList<>(); // of upstreams that are gone
  private final CommandQueue commands = new CommandQueue();
  private final LoginDeadlines deadlines;

  private Phase phase = Phase.CONNECTING;
  private boolean accepted;
  private boolean clientEof;
  private boolean eofForwarded;
  private boolean pumping;
  private ConnectionRequest request;
  private Route route;
  private Ports ports;
  private @Nullable Opener opener;
  private @Nullable DestinationChoice destinations;
  private @Nullable LoginCapture login;

  private @Nullable ServerSide server;
  private @Nullable DialogueEffects effects; // of the dialogue with the server

  FtpSession(
      FtpServices services,
      Client client,
      ConnectionRequest request,
      Route route,
      Ports ports,
      ConnectionRecorder recorder) {
    this.services = services;
    this.client = client;
    this.channel = client.channel();
    this.loop = channel.eventLoop();
    this.request = request;
    this.route = route;
    this.ports = ports;
    this.recorder = recorder;
    this.clientEnd = new ClientEnd(channel, this);
    this.deadlines = new LoginDeadlines(loop, services.timeouts(), this);
    this.transfers = new DataTransfers(loop, services.timeouts().abort());
    this.dataEvents = new DataEvents(loop, new DataHeard());
  }

  /** Watches the client from now on; {@code opener} is cancelled when it goes. */
  void begin(Opener newOpener) {
    opener = newOpener;
    clientEnd.install();
  }

  boolean hasEnded() {
    return phase == Phase.ENDED;
  }

  /** Tells the client that it is connected. Idempotent. */
  void accept() {
    if (!accepted && phase != Phase.ENDED) {
      accepted = true;
      client.accept();
    }
  }

  /** Plays the FTP server until the login is known. */
  void capture(LoginDepth depth) {
    if (phase == Phase.CONNECTING) {
      capture(new LoginCapture(depth));
    }
  }

  /** Plays the FTP server until destination and login are known. */
  void captureUserAtHost(DestinationChoice choice) {
    destinations = choice;
    capture(LoginCapture.userAtHost());
  }

  private void capture(LoginCapture capture) {
    accept();
    login = capture;
    phase = Phase.LOGIN;
    deadlines.follow(capture.state());
    toClient(LoginCapture.greeting());
    pump();
  }

  /** The next upstream leads elsewhere. */
  void redirect(ConnectionRequest newRequest, Route newRoute, Ports newPorts) {
    request = newRequest;
    route = newRoute;
    ports = newPorts;
  }

  /** The destination is chosen, and needs so much of the login. */
  void decided(LoginDepth depth) {
    login(new LoginEvent.Decided(depth));
    pump();
  }

  /** The destination that was named will not do. */
  void refuse(String text) {
    login(new LoginEvent.Refused(text));
    pump();
  }

  /** The upstream stands: the login is replayed, or everything relayed from the greeting on. */
  @Override
  public void opened(UpstreamEnd end, DuplexChannel control, Upstream upstream) {
    DataConnector connector = new DataConnector(dataEvents, upstream, route, services.relay());
    ControlDialogue dialogue = new ControlDialogue(tlsAllowed(), login == null);
    ActiveMode active =
        new ActiveMode(services, client, request, route, upstream, dialogue, connector, this);
    ServerSide opened =
        new ServerSide(
            end,
            control,
            upstream,
            new DataModes(ports.open(upstream, connector::taker), active, connector),
            dialogue,
            request.host(),
            this);
    server = opened;
    effects = new DialogueEffects(opened, transfers, services.timeouts().opening(), loop, this);
    if (login == null) {
      phase = Phase.RELAYING;
      accept();
    } else {
      login(new LoginEvent.UpstreamOpened(upstream.serves()));
    }
    opened.listen();
    pump();
  }

  /** Where a client reads for itself what the server says, and can still come for data. */
  private boolean tlsAllowed() {
    return route instanceof Route.Direct
        || (login == null
            && route.ftp().map(FtpHandling::settings).filter(FtpSession::passesTls).isPresent());
  }

  private static boolean passesTls(FtpSettings settings) {
    return settings.authTls() == FtpSettings.AuthTls.PASS_THROUGH
        && settings.dataConnections() == FtpSettings.DataConnections.SOCKS;
  }

  /** No upstream could be made. */
  @Override
  public void failed(Exception cause) {
    String text = "culvert: " + cause.getMessage();
    boolean loginRefused =
        cause instanceof SshException ssh && LOGIN_FAILURES.contains(ssh.failure());
    if (phase == Phase.LOGIN) {
      login(loginRefused ? new LoginEvent.Refused(text) : new LoginEvent.UpstreamFailed(text));
      pump();
    } else if (accepted) {
      toClient(OwnReply.of(loginRefused ? 530 : 421, text));
      finish(EndReason.UPSTREAM_FAILED, String.valueOf(cause.getMessage()));
    } else if (phase != Phase.ENDED) {
      accepted = true; // has been answered
      client.refuse(Refusals.of(cause));
      end(EndReason.UPSTREAM_FAILED, String.valueOf(cause.getMessage()));
    }
  }

  // The client

  @Override
  public void sent(byte[] bytes) {
    if (phase == Phase.OPAQUE) {
      toServer(bytes.clone());
    } else if (phase != Phase.ENDED && phase != Phase.ABORTING && !commands.add(bytes)) {
      String limit = "culvert: more than " + CommandQueue.MAX_WAITING + " commands at once";
      toClient(OwnReply.of(421, limit));
      finish(EndReason.REFUSED, "too many commands at once");
    }
  }

  @Override
  public void readComplete() {
    pump();
  }

  @Override
  public void clientEnded() {
    clientEof = true;
    pump();
  }

  @Override
  public void clientGone(String detail) {
    endWait(detail);
    if (phase == Phase.RELAYING && dialogue().uploadPending()) {
      phase = Phase.ABORTING;
      run(dialogue().uploadBroken());
      transfers.afterAbort(() -> end(EndReason.CLIENT_ABORTED, detail));
    } else if (phase != Phase.ABORTING && phase != Phase.LOST) {
      end(EndReason.CLIENT_ABORTED, detail);
    }
  }

  @Override
  public void clientWritabilityChanged() {
    pump();
  }

  /** Takes what has come from the client as far as possible, and asks both sides for more. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!commands.isEmpty() && takes(commands.peek())) {
        take(commands.take());
      }
      if (clientEof) {
        endWait("the client has ended the control connection");
      }
      passEofOn();
      if (wantsClientBytes()) {
        clientEnd.read();
      }
      if (server != null && channel.isWritable() && phase != Phase.ENDED) {
        server.read();
      }
    } finally {
      pumping = false;
    }
  }

  private boolean takes(ClientInput input) {
    return switch (phase) {
      case LOGIN -> channel.isWritable() && login != null && login.takesCommands();
      case RELAYING -> {
        String verb = input instanceof Command command ? command.verb() : "";
        boolean startsOver =
            login != null && input instanceof Command command && login.startsOver(command);
        yield mayWrite()
            && (!dialogue().waiting() || verb.equals("ABOR"))
            && (!startsOver || dialogue().idle());
      }
      case CONNECTING, OPAQUE, ABORTING, LOST -> false;
      case ENDED -> true;
    };
  }

  private boolean wantsClientBytes() {
    if (!accepted || clientEof) {
      return false;
    }
    if (phase == Phase.RELAYING && dialogue().waiting()) {
      return commands.mayWait(); // an ABOR may come, and the client's end
    }
    if (!commands.isEmpty()) {
      return false;
    }
    return switch (phase) {
      case LOGIN ->
          channel.isWritable()
              && login != null
              && (login.state() == LoginState.AWAIT_USER || login.state() == LoginState.AWAIT_PASS);
      case RELAYING -> mayWrite();
      case OPAQUE -> serverTakes();
      case CONNECTING, ABORTING, LOST, ENDED -> false;
    };
  }

  /** Some commands are answered here: a client that reads no replies may send no more of them. */
  private boolean mayWrite() {
    return channel.isWritable()
        && serverTakes()
        && effects != null
        && !effects.announcing()
        && !dialogue().full();
  }

  private boolean serverTakes() {
    return server != null && server.writable();
  }

  private void take(ClientInput input) {
    if (phase == Phase.ENDED) {
      CommandQueue.wipe(input);
    } else if (input instanceof Command command) {
      log.atDebug().addKeyValue("conn", recorder.id()).log("client: {}", command);
      if (login != null) {
        login(new LoginEvent.Sent(command));
      } else {
        forward(command);
      }
    } else if (input == ClientInput.Violation.NOT_FTP) {
      end(EndReason.REFUSED, "the client does not speak FTP");
      Closing.reset(channel);
    } else {
      String what = input == ClientInput.Violation.NUL ? "NUL byte" : "command too long";
      toClient(OwnReply.of(500, "culvert: " + what));
      finish(EndReason.REFUSED, what);
    }
  }

  private void forward(Command command) {
    run(dialogue().on(command));
    command.wipe();
  }

  /** Nobody is there for whom active mode could wait, nor for what comes behind that. */
  private void endWait(String why) {
    if (phase == Phase.RELAYING && dialogue().waiting()) {
      commands.wipe();
      run(dialogue().giveUp(why));
    }
  }

  /**
   * Behind everything that came before it, and not while an upload may still have to be aborted.
   */
  private void passEofOn() {
    if (!clientEof || eofForwarded || !commands.isEmpty()) {
      return;
    }
    boolean beforeLogin =
        phase == Phase.LOGIN
            && login != null
            && (login.state() == LoginState.AWAIT_USER || login.state() == LoginState.AWAIT_PASS);
    if (beforeLogin) {
      finish(EndReason.COMPLETED, "");
    } else if ((phase == Phase.RELAYING && !dialogue().uploadPending()) || phase == Phase.OPAQUE) {
      eofForwarded = true;
      server().shutdownOutput();
    }
  }

  // The server

  @Override
  public void replied(ReplyLine line) {
    dataEvents.catchUp();
    log.atDebug().addKeyValue("conn", recorder.id()).log("server: {}", line);
    if (phase == Phase.LOGIN) {
      server().collect(line).ifPresent(reply -> login(new LoginEvent.Replied(reply)));
    } else if (phase == Phase.RELAYING || phase == Phase.ABORTING) {
      run(dialogue().on(line));
    } else if (phase == Phase.OPAQUE) {
      toClient(line.raw());
    }
  }

  @Override
  public void relayed(byte[] bytes) {
    toClient(bytes);
  }

  @Override
  public void serverReady() {
    pump();
  }

  @Override
  public void serverEnded() {
    if (phase == Phase.LOGIN) {
      serverLost("FTP server " + request.host() + ": closed the connection during the login");
    } else {
      finish(EndReason.COMPLETED, "");
    }
  }

  /** The client is told on the control connection. */
  @Override
  public void serverLost(String why) {
    if (phase == Phase.LOGIN) {
      login(new LoginEvent.UpstreamFailed("culvert: " + why));
    } else if (phase == Phase.RELAYING) {
      phase = Phase.LOST;
      dropUpstream(); // a client that has read the reply finds nothing expected any more
      toClient(OwnReply.of(421, "culvert: " + why));
      finish(EndReason.UPSTREAM_ABORTED, why);
    } else if (phase != Phase.ENDED) {
      end(EndReason.UPSTREAM_ABORTED, why);
      Closing.reset(channel);
    }
  }

  @Override
  public void serverTooLate(Duration patience) {
    serverLost(
        "FTP server %s: no answer to the login within %d ms"
            .formatted(request.host(), patience.toMillis()));
  }

  @Override
  public void clientTooLate(Duration patience) {
    String why = "no login within " + patience.toMillis() + " ms";
    toClient(OwnReply.of(421, "culvert: " + why));
    finish(EndReason.TIMED_OUT, why);
  }

  // Effects

  private void login(LoginEvent event) {
    LoginCapture capture = login;
    if (capture == null || phase == Phase.ENDED) {
      return;
    }
    List<LoginEffect> effects = capture.on(event);
    if (capture.state() == LoginState.LOGGED_IN && phase == Phase.LOGIN) {
      phase = Phase.RELAYING;
    }
    deadlines.follow(capture.state());
    effects.forEach(this::run);
  }

  private void run(LoginEffect effect) {
    if (effect instanceof LoginEffect.ToClient reply) {
      toClient(reply.bytes());
    } else if (effect instanceof LoginEffect.ToServer line) {
      toServer(line.bytes());
    } else if (effect instanceof LoginEffect.DecideDestination decide) {
      if (destinations != null) {
        destinations.choose(decide.named());
      }
    } else if (effect instanceof LoginEffect.OpenUpstream open) {
      if (opener != null) {
        opener.open(open.user(), open.password());
      }
    } else if (effect instanceof LoginEffect.CloseUpstream) {
      phase = Phase.LOGIN;
      dropUpstream();
    } else if (effect instanceof LoginEffect.Forward forward) {
      forward(forward.command());
    } else {
      finish(EndReason.COMPLETED, "");
    }
  }

  private void run(List<ControlEffect> more) {
    if (effects != null) {
      effects.run(more);
    }
  }

  @Override
  public void becomeOpaque() {
    phase = Phase.OPAQUE;
    commands.wipe(); // sent in clear where TLS should begin: no server may take it
    server().becomeOpaque();
    if (route instanceof Route.FtpTunnel) { // elsewhere data go where the rules lead them
      server().data().passive().expectAnyPort();
    }
  }

  /** Active mode has got further. */
  @Override
  public void proceed(List<ControlEffect> effects) {
    run(effects);
    pump();
  }

  @Override
  public void toClient(byte[] bytes) {
    if (channel.isActive()) {
      recorder.toClient(bytes.length);
      channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
    }
  }

  @Override
  public void toServer(byte[] bytes) {
    recorder.fromClient(bytes.length);
    server().write(bytes);
  }

  private ServerSide server() {
    if (server == null) {
      throw new IllegalStateException("FTP session: no upstream in " + phase);
    }
    return server;
  }

  private ControlDialogue dialogue() {
    return server().dialogue();
  }

  // Data connections

  /** What data connections tell, on this loop. */
  private final class DataHeard implements DataSession {
    @Override
    public void arriving(Future<?> known) {
      if (server != null) {
        server.holdUntil(known);
      }
    }

    @Override
    public void started(int dataRequest, DuplexChannel dataClient) {
      transfers.started(dataClient);
    }

    @Override
    public void clientEnded(int dataRequest) {
      // Nothing waits for that.
    }

    @Override
    public void ended(int dataRequest, DuplexChannel dataClient, EndReason reason) {
      transfers.ended(dataClient);
    }

    @Override
    public void beforeBreakingOff(int dataRequest, Runnable then) {
      if (phase == Phase.RELAYING && dialogue().uploadPending()) {
        run(dialogue().uploadBroken());
        transfers.afterAbort(then);
      } else if (phase == Phase.ABORTING) {
        transfers.afterAbort(then);
      } else {
        then.run();
      }
    }
  }

  // The end

  /** Politely: what was said is delivered before the client is hung up. */
  private void finish(EndReason reason, String detail) {
    if (phase != Phase.ENDED) {
      end(reason, detail);
      Closing.finish(channel, services.timeouts().farewell());
    }
  }

  private void end(EndReason reason, String detail) {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    deadlines.stop();
    if (opener != null) {
      opener.cancel();
    }
    if (login != null) {
      login.close();
    }
    commands.wipe();
    dropUpstream();
    // A client that has not read our last words may still come for data: never for the rules.
    channel.closeFuture().addListener(closed -> holding.forEach(PassivePorts::close));
    transfers.close();
    recorder.ended(reason, detail);
  }

  private void dropUpstream() {
    if (effects != null) {
      effects.drop();
      effects = null;
    }
    ServerSide dropped = server;
    server = null;
    if (dropped != null && dropped.drop()) {
      holding.add(dropped.data().passive());
    }
  }
}
