package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.active.ActiveData;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.ftp.core.ControlEvent;
import culvert.proxy.ftp.core.LoginCapture;
import culvert.proxy.ftp.core.LoginEvent;
import culvert.proxy.ftp.core.OwnReply;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.relay.HomeLoop;
import culvert.proxy.upstream.Opening;
import culvert.proxy.upstream.Refusals;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.PlainWords;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One FTP control connection: its two ends, what the client has sent and nobody has taken yet, and
 * the {@link Conversation} that has the word. Stops reading from one side while the other one does
 * not take it. Confined to the client channel's loop.
 *
 * <p>Ends exactly once, in {@link #end}, which gives back everything that it holds. Everything that
 * comes from outside runs {@link #guarded}: a defect ends the session, too, and shows.
 */
final class FtpSession implements ServerSide.Listener, Opening.Listener, ActiveData.Listener {
  private static final Logger log = LoggerFactory.getLogger(FtpSession.class);

  private final FtpTimeouts timeouts;
  private final ClientSide client;
  private final SessionWay way;
  private final HomeLoop home;
  private final ConnectionRecorder recorder;
  private final DataTransfers transfers;
  private Conversation word = new ConnectingConversation(this);
  private String named = ""; // as its user by the client, last
  private boolean moved;
  private boolean pumping;
  private boolean ended;
  private @Nullable LoginConversation login;

  /**
   * @param mayBeData whether this may be a data connection that nobody has recognised
   */
  FtpSession(
      FtpTimeouts timeouts,
      Client client,
      SessionWay way,
      boolean mayBeData,
      ConnectionRecorder recorder) {
    this.timeouts = timeouts;
    this.client = new ClientSide(client, mayBeData, recorder, this);
    this.way = way;
    this.home = client.home();
    this.recorder = recorder;
    this.transfers = new DataTransfers(home, timeouts.abort());
  }

  /** Watches the client from now on; {@code opener} is cancelled when it goes. */
  void begin(SessionWay.Opener opener) {
    way.madeBy(opener);
    client.install();
  }

  boolean hasEnded() {
    return ended;
  }

  /** Tells the client that it is connected. Idempotent. */
  void accept() {
    if (!ended) {
      client.accept();
    }
  }

  /** Tells the client, which may hang up before it has heard all, that it is not connected. */
  void refuse(Exception cause) {
    if (!ended) {
      end(Refusals.endReason(cause), PlainWords.of(cause));
      client.refuse(Refusals.of(cause));
    }
  }

  /** Plays the FTP server until the login is known; not where the server has the word already. */
  void capture(LoginCapture capture) {
    if (word instanceof ConnectingConversation) {
      accept();
      login = new LoginConversation(this, capture);
      become(login);
      client.tell(LoginCapture.greeting());
      pump();
    }
  }

  /** What was found out about the destination that a login names. */
  void tellLogin(LoginEvent event) {
    if (login != null && !ended) {
      login.decided(event);
      pump();
    }
  }

  /** With the first tunnel the session moves to where that lives: there are no data yet. */
  @Override
  public void opened(DuplexChannel control, Upstream upstream) {
    if (moved || !upstream.isTunnelled()) {
      attach(control, upstream);
    } else {
      moved = true;
      client.moveTo(control.eventLoop(), () -> attach(control, upstream));
    }
  }

  private void attach(DuplexChannel control, Upstream upstream) {
    if (ended) {
      control.close(); // the client has gone on the way
      upstream.release();
    } else {
      guarded(() -> word.opened(control, upstream));
      pump();
    }
  }

  @Override
  public void failed(Exception cause) {
    guarded(() -> word.failed(cause));
    pump();
  }

  // What the conversations ask for

  void become(Conversation next) {
    home.check();
    if (!ended) {
      log.atDebug().addKeyValue("job", recorder.job()).log(next.getClass().getSimpleName());
      word = next;
    }
  }

  Conversation word() {
    return word;
  }

  ClientSide client() {
    return client;
  }

  /** Where it lives, as does what belongs to it. */
  HomeLoop home() {
    return home;
  }

  /** What its data connections belong to. */
  UUID job() {
    return recorder.job();
  }

  ConnectionRecorder recorder() {
    return recorder;
  }

  /** Who the client says that it is. */
  void noteUser(Command command) {
    if (command.verb().equals("USER")) {
      named = command.argumentForPeople();
      recorder.ftpUser(named);
    }
  }

  /**
   * The server has let a user in.
   *
   * @param user empty: the one that was named last
   */
  void loggedIn(Optional<String> user) {
    recorder.ftpLoggedIn(user.orElse(named));
  }

  DataTransfers transfers() {
    return transfers;
  }

  FtpTimeouts timeouts() {
    return timeouts;
  }

  SessionWay way() {
    return way;
  }

  /** Takes the bytes over, and wipes them. */
  void toServer(byte[] bytes) {
    recorder.fromClient(bytes.length);
    way.server().write(bytes);
  }

  /** Runs the task later, unless the session has ended. */
  ScheduledFuture<?> in(Duration delay, Runnable task) {
    return home.in(
        delay,
        () -> {
          if (!ended) {
            guarded(task);
          }
        });
  }

  /** A defect costs one session, and is heard of once. */
  @Override
  public void guarded(Runnable step) {
    home.check();
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      defect(e);
    }
  }

  @Override
  public void defect(Throwable cause) {
    log.atError()
        .addKeyValue("job", recorder.job())
        .addKeyValue("reason", EndReason.INTERNAL_ERROR)
        .setCause(cause)
        .log("FTP session failed");
    breakOff(EndReason.INTERNAL_ERROR, PlainWords.of(cause));
  }

  /** Goes on as far as both sides let it. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      guarded(this::takeAndRead);
    } finally {
      pumping = false;
    }
    client.flush();
  }

  private void takeAndRead() {
    client.takeAndRead();
    ServerSide server = way.present();
    if (server != null && (client.writable() || client.isGone())) {
      server.read(); // a client that is gone takes nothing, but its upload's end is waited for
    }
  }

  // The server

  @Override
  public void replied(ReplyLine line) {
    log.atDebug().addKeyValue("job", recorder.job()).log("server: {}", way.server().shown(line));
    if (ReplyLine.logsIn(line.code())) {
      client.served();
    }
    guarded(() -> word.replied(line));
  }

  @Override
  public void relayed(byte[] bytes) {
    client.tell(bytes);
  }

  @Override
  public void serverReady() {
    pump();
  }

  @Override
  public void serverEnded() {
    guarded(() -> word.serverEnded());
  }

  @Override
  public void serverLost(String why) {
    guarded(() -> word.serverLost(why));
  }

  /** Something that the conversation has asked for, or about its data connections. */
  @Override
  public void happened(ControlEvent event) {
    guarded(() -> word.happened(event));
    pump();
  }

  /** See {@link Conversation#beforeBreakingOff}. */
  void beforeBreakingOff(int dataRequest, Runnable then) {
    guarded(() -> word.beforeBreakingOff(dataRequest, then));
    client.flush();
  }

  /** With last words; what was said is delivered before the client is hung up. */
  void hangUp(int code, String lastWords, EndReason reason, String detail) {
    if (!ended && !client.mayExpectFile()) {
      word = new Conversation.Over(); // whatever becomes of the client while it is told
      way.drop(); // a client that has read the reply finds nothing expected any more
      client.tell(OwnReply.of(code, lastWords));
    }
    finish(reason, detail);
  }

  /** In order, behind everything that was said. */
  void finish(EndReason reason, String detail) {
    if (client.mayExpectFile()) {
      breakOff(reason, detail);
    } else if (!ended) {
      end(reason, detail);
      client.finish(timeouts.farewell());
    }
  }

  /** The client must not take what it has got for the whole. */
  void breakOff(EndReason reason, String detail) {
    try {
      end(reason, detail);
    } finally {
      client.reset();
    }
  }

  void end(EndReason reason, String detail) {
    home.check();
    if (ended) {
      return;
    }
    ended = true;
    word = new Conversation.Over();
    if (login != null) {
      login.close();
    }
    client.forgetCommands();
    way.close();
    transfers.close();
    recorder.ended(reason, detail);
  }
}
