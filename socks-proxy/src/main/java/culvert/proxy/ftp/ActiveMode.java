package culvert.proxy.ftp;

import culvert.config.FtpSettings;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.core.ControlDialogue;
import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.core.PortCommand;
import culvert.proxy.relay.Closing;
import culvert.ssh.RemoteForward;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client in active mode, with one upstream: finds the client that a PORT names, and makes the
 * data connection of each transfer, as the {@link ControlDialogue} asks for it. The FTP server
 * listens for it, or, where the rule wants it so, a remote forward of the SSH server does. Confined
 * to the session's loop.
 */
final class ActiveMode {
  /** From which FTP servers connect. */
  private static final int DATA_PORT = 20;

  /** Of an SSH server, that the FTP server is told one after the other. */
  private static final int MAX_NAMES = 4;

  /** The session. */
  interface Listener {
    /** What an answer to the dialogue has brought. */
    void proceed(List<ControlEffect> effects);
  }

  private final FtpServices services;
  private final Client client;
  private final ConnectionRequest request;
  private final ControlDialogue dialogue;
  private final DataConnector connector;
  private final Optional<ForwardPlan> forwards;
  private final PassiveAddress serverAddress;
  private final Optional<BindTable.Session> binds;
  private final Listener session;
  private final EventLoop loop;
  private final ActiveForwards given;
  private @Nullable ClientWay way;
  private @Nullable Future<DataPeers> peers; // asked once
  private @Nullable ForwardedData forward; // for the next transfer
  private @Nullable Client arriving; // for a transfer that the server has not heard of
  private @Nullable ScheduledFuture<?> timer;
  private int turn; // what was begun in an earlier one comes too late

  ActiveMode(
      FtpServices services,
      Client client,
      ConnectionRequest request,
      Route route,
      Upstream upstream,
      ControlDialogue dialogue,
      DataConnector connector,
      Listener session) {
    this.services = services;
    this.client = client;
    this.request = request;
    this.dialogue = dialogue;
    this.connector = connector;
    this.session = session;
    this.loop = client.channel().eventLoop();
    this.given = new ActiveForwards(loop, services.timeouts().lateData());
    InetAddress own = ((InetSocketAddress) client.channel().localAddress()).getAddress();
    ConnectionRequest known = PassiveAddress.asked(client, request);
    this.serverAddress = new PassiveAddress(known, own);
    this.forwards =
        upstream instanceof Upstream.Tunnelled tunnelled && forwards(route)
            ? Optional.of(new ForwardPlan(tunnelled, services.resolver()))
            : Optional.empty();
    this.binds = client.forwardedBy().isPresent() ? Optional.empty() : Optional.of(openBinds());
    services
        .resolver()
        .resolve(known.host(), loop)
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    serverAddress.resolved(resolved.getNow());
                  }
                });
  }

  private BindTable.Session openBinds() {
    return services
        .active()
        .binds()
        .open(
            client.address().getAddress(),
            client.user(),
            services.owners().socket(client.channel()));
  }

  private static boolean forwards(Route route) {
    return route
        .ftp()
        .map(FtpHandling::settings)
        .filter(ftp -> ftp.activeMode() == FtpSettings.ActiveMode.REMOTE_FORWARD)
        .isPresent();
  }

  /** The client wants its data there. */
  void asked(ControlEffect.Active asked) {
    turn();
    given.forgetFinished();
    startTimer();
    if (asked.renewed()) {
      use(asked);
    } else {
      dropWay();
      find(asked);
    }
  }

  /** Nobody but the client itself, or a SOCKS client that waits beside this session. */
  private void find(ControlEffect.Active asked) {
    int mine = turn;
    binds
        .map(own -> own.claim(asked.target().address(), loop))
        .orElseGet(() -> loop.newSucceededFuture(Optional.empty()))
        .addListener(
            (FutureListener<Optional<BindTable.Waiting>>)
                claimed -> {
                  Optional<ClientWay> bound = claimed.getNow().map(this::bound);
                  if (mine == turn) {
                    way = bound.or(() -> listener(asked.target())).orElse(null);
                    use(asked);
                  } else {
                    bound.ifPresent(ClientWay::close);
                  }
                });
  }

  private void use(ControlEffect.Active asked) {
    if (way == null) {
      proceed(() -> dialogue.refuse(asked.target().illegal()));
    } else if (asked.renewed() && !way.again()) {
      proceed(() -> dialogue.refuse("425 culvert: a BIND serves one transfer, use PORT again."));
    } else if (forwards.isPresent()) {
      forward(forwards.get());
    } else {
      proceed(dialogue::convert);
    }
  }

  private ClientWay bound(BindTable.Waiting bind) {
    InetSocketAddress peer = new InetSocketAddress(serverAddress.asKnownToClient(), DATA_PORT);
    return new ClientWay.Bound(bind, peer);
  }

  private Optional<ClientWay> listener(PortCommand.Target target) {
    InetAddress own = client.address().getAddress();
    int port = target.address().getPort();
    return own.equals(target.address().getAddress())
            && target.portAllowed()
            && (client.forwardedBy().isPresent() || !services.expected().isHeld(own, port))
        ? Optional.of(
            new ClientWay.Listener(
                new InetSocketAddress(own, port),
                client,
                ClientDialer.to(client, services.direct(), services.active().limits())))
        : Optional.empty();
  }

  private void forward(ForwardPlan plan) {
    int mine = turn;
    Future<DataPeers> found = peers == null ? plan.peers(loop) : peers;
    peers = found;
    found.addListener(
        (FutureListener<DataPeers>)
            done -> {
              if (mine == turn) {
                forward(plan, done.getNow(), mine);
              }
            });
  }

  private void forward(ForwardPlan plan, DataPeers from, int mine) {
    ForwardedData data = new ForwardedData(connector, from, services.timeouts().earlyData());
    forward = data;
    List<Future<RemoteForward>> asked = plan.request(loop, data);
    data.requested(asked);
    PromiseCombiner answers = new PromiseCombiner(loop);
    asked.forEach(answers::add);
    Promise<Void> answered = loop.newPromise();
    answers.finish(answered);
    answered.addListener(
        done -> {
          if (mine == turn) {
            name(plan, asked, mine);
          }
        });
  }

  private void name(ForwardPlan plan, List<Future<RemoteForward>> asked, int mine) {
    List<RemoteForward> forwards =
        asked.stream().filter(Future::isSuccess).map(Future::getNow).toList();
    if (forwards.isEmpty()) {
      refuse(asked.get(0).cause());
      return;
    }
    plan.names(forwards, loop)
        .addListener(
            (FutureListener<List<InetSocketAddress>>)
                names -> {
                  if (mine != turn) {
                    return;
                  }
                  if (names.isSuccess()) {
                    List<InetSocketAddress> tried =
                        names.getNow().stream().limit(MAX_NAMES).toList();
                    proceed(() -> dialogue.rename(tried));
                  } else {
                    refuse(names.cause());
                  }
                });
  }

  private void refuse(Throwable cause) {
    dropForward();
    proceed(() -> dialogue.refuse("425 culvert: " + cause.getMessage()));
  }

  /** A transfer: first the client, then the server. */
  void open(ControlEffect.OpenData data) {
    startTimer();
    int mine = turn;
    ClientWay present = way;
    if (present == null) {
      throw new IllegalStateException("active mode: a transfer without a client to reach");
    }
    int port = data.server().map(PassiveReply::port).orElse(DATA_PORT);
    ConnectionRequest connection =
        new ConnectionRequest(
            request.host(),
            new DestinationAddress.NotResolved(),
            port,
            client.address().getAddress(),
            client.request().listener());
    present
        .reach(connection, loop)
        .addListener(
            (FutureListener<Client>)
                reached -> {
                  if (!reached.isSuccess()) {
                    opened(mine, Optional.of(reached.cause()));
                    return;
                  }
                  Client dataClient = reached.getNow();
                  if (mine == turn) {
                    arriving = dataClient;
                    onLoopOf(dataClient, () -> connect(dataClient, data.server(), mine));
                  } else {
                    refuse(dataClient);
                  }
                });
  }

  /** On the data client's loop. */
  private void connect(Client dataClient, Optional<PassiveReply> server, int mine) {
    ConnectionRecorder recorder = services.active().connections().begin(dataClient);
    if (server.isPresent()) {
      connector
          .connect(DataSession.UNKNOWN_REQUEST, dataClient, recorder, server.get())
          .addListener(done -> onLoop(() -> connected(dataClient, done, mine)));
      return;
    }
    DataClient data = connector.begin(DataSession.UNKNOWN_REQUEST, dataClient, recorder);
    onLoop(() -> expectForward(data, mine));
  }

  /** A client that has gone already must not leave an empty file behind. */
  private void connected(Client dataClient, Future<?> done, int mine) {
    if (mine != turn) {
      Closing.reset(dataClient.channel()); // the session has ended meanwhile
    } else if (done.isSuccess() && !dataClient.channel().isActive()) {
      opened(mine, Optional.of(new IllegalStateException("the client has closed its port")));
    } else {
      opened(mine, Optional.ofNullable(done.cause()));
    }
  }

  private void expectForward(DataClient data, int mine) {
    IllegalStateException tooLate = new IllegalStateException("the remote forward has ended");
    if (mine == turn && forward != null && forward.expect(data)) {
      given.add(forward);
      forward = null;
      opened(mine, Optional.empty());
    } else {
      data.onLoop(() -> connector.giveUp(data, tooLate));
      opened(mine, Optional.of(tooLate));
    }
  }

  private void opened(int mine, Optional<Throwable> failure) {
    if (mine == turn) {
      arriving = null;
      proceed(
          () ->
              failure.isPresent()
                  ? dialogue.notOpened(String.valueOf(failure.get().getMessage()))
                  : dialogue.opened());
    }
  }

  /** What waits may take only so long: clients wait for an answer, and a busy server for nobody. */
  private void startTimer() {
    stopTimer();
    long patience = services.timeouts().opening().toMillis();
    timer = loop.schedule(() -> expired(patience), patience, TimeUnit.MILLISECONDS);
  }

  private void expired(long patience) {
    if (dialogue.waitsBehindTransfer()) {
      startTimer();
    } else if (dialogue.waiting()) {
      String why = dialogue.waitsFor() + " within " + patience + " ms";
      proceed(() -> dialogue.giveUp(why));
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** The transfer that was to come does not. */
  void givenUp() {
    turn();
  }

  /** A transfer for which the server was to connect has had its final reply. */
  void transferEnded(boolean failed) {
    given.transferEnded(failed);
  }

  /** The client's last PORT is not used any more. */
  void ended() {
    turn();
    given.forgetFinished();
    dropWay();
  }

  /** The upstream is gone. Data connections go on. */
  void close() {
    ended();
    given.close();
    binds.ifPresent(BindTable.Session::close);
  }

  /** Nothing that is under way is used any more, but for transfers that the server has heard of. */
  private void turn() {
    turn++;
    stopTimer();
    dropForward();
    if (arriving != null) {
      refuse(arriving);
      arriving = null;
    }
  }

  private static void refuse(Client dataClient) {
    onLoopOf(dataClient, () -> dataClient.refuse(Refusal.GENERAL_FAILURE));
  }

  private void dropForward() {
    if (forward != null) {
      forward.close();
      forward = null;
    }
  }

  private void dropWay() {
    if (way != null) {
      way.close();
      way = null;
    }
  }

  private void proceed(Supplier<List<ControlEffect>> answer) {
    session.proceed(answer.get());
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The session's loop has ended, and the session with it.
    }
  }

  private static void onLoopOf(Client dataClient, Runnable task) {
    try {
      dataClient.channel().eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The client's loop has ended and has closed its channel.
    }
  }
}
