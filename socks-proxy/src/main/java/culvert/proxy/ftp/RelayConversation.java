package culvert.proxy.ftp;

import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.ftp.active.ActiveData;
import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.ftp.core.ControlDialogue;
import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.ControlEvent;
import culvert.proxy.ftp.core.OwnReply;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.ftp.passive.PassivePorts;
import culvert.ssh.PlainWords;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The client and the server talk to each other: carries out what {@link ControlDialogue} says about
 * it, in order, and tells it what has become of that. Confined to the session's loop.
 */
final class RelayConversation implements Conversation {
  /** Between two lines of one reply: no server pauses there, and who does is misunderstood. */
  private static final Duration REST_OF_REPLY = Duration.ofSeconds(2);

  private final FtpSession session;
  private final ServerSide server;
  private final ControlDialogue dialogue;
  private final DataTransfers transfers;
  private final @Nullable LoginConversation login;
  private @Nullable ScheduledFuture<?> patience;
  private @Nullable ScheduledFuture<?> startingOver; // the client waits for its last answers
  private @Nullable ScheduledFuture<?> restOfReply;
  private boolean eofPassedOn;
  private boolean leaving; // the client is gone, and the server is told of its upload

  private RelayConversation(
      FtpSession session,
      ServerSide server,
      ControlDialogue dialogue,
      @Nullable LoginConversation login) {
    this.session = session;
    this.server = server;
    this.dialogue = dialogue;
    this.transfers = session.transfers();
    this.login = login;
  }

  /** A session whose client logs in to the server itself. */
  static RelayConversation fromTheGreetingOn(FtpSession session, ServerSide server) {
    return new RelayConversation(
        session,
        server,
        new ControlDialogue(
            new ControlDialogue.Kind(
                session.way().tunnels(server), session.way().passesTls(false), true),
            server.lines()),
        null);
  }

  /**
   * @param login that was captured, and takes what may begin another one
   */
  static RelayConversation after(LoginConversation login, FtpSession session, ServerSide server) {
    return new RelayConversation(
        session,
        server,
        new ControlDialogue(
            new ControlDialogue.Kind(
                session.way().tunnels(server), session.way().passesTls(true), false),
            server.lines()),
        login);
  }

  // The client

  @Override
  public boolean takes(ClientInput next) {
    String verb = next instanceof Command command ? command.verb() : "";
    return mayWrite()
        && (!dialogue.waiting() || verb.equals("ABOR"))
        && (!startsOver(next) || dialogue.idle());
  }

  private boolean startsOver(ClientInput next) {
    return login != null && next instanceof Command command && login.startsOver(command);
  }

  /** The server's last answers come before another one is asked, if they do. */
  @Override
  public void keepsWaiting(ClientInput next) {
    if (startingOver == null && mayWrite() && !dialogue.waiting() && startsOver(next)) {
      startingOver = session.in(session.timeouts().serverReply(), this::startsOverTooLate);
      happened(new ControlEvent.StartsOver());
    }
  }

  private void startsOverTooLate() {
    if (session.word() != this) {
      return;
    }
    if (transfers.anyOpen() || dialogue.idle()) {
      startingOver = session.in(session.timeouts().serverReply(), this::startsOverTooLate);
    } else {
      serverLost("FTP server " + session.way().host() + ": left commands without an answer");
    }
  }

  @Override
  public boolean listens() {
    return mayWrite();
  }

  @Override
  public boolean listensBeyond() {
    return dialogue.waiting() && !leaving; // an ABOR may come, and the client's end
  }

  /** Some commands are answered here: a client that reads no replies may send no more of them. */
  private boolean mayWrite() {
    return !leaving
        && session.client().writable()
        && server.writable()
        && !dialogue.announcing()
        && !dialogue.full();
  }

  @Override
  public void take(Command command, boolean followed) {
    session.noteUser(command);
    if (login == null) {
      forward(command, followed);
    } else {
      login.sentAfterLogin(command, () -> forward(command, followed));
    }
  }

  private void forward(Command command, boolean followed) {
    try {
      happened(new ControlEvent.Sent(command, followed));
    } finally {
      command.wipe();
    }
  }

  @Override
  public void clientEnds() {
    giveUp("the client has ended the control connection");
  }

  /** Nobody is there for whom active mode could wait, nor for what comes behind that. */
  private void giveUp(String why) {
    if (dialogue.waiting() && !dialogue.announcing()) {
      session.client().forgetCommands();
      happened(new ControlEvent.GiveUp(why));
    }
  }

  /** Not while an upload may still have to be aborted. */
  @Override
  public void clientEnded() {
    if (!eofPassedOn && !leaving && !dialogue.uploadOpen()) {
      eofPassedOn = true;
      server.shutdownOutput();
    }
  }

  @Override
  public void clientGone(String detail) {
    if (leaving) {
      return;
    }
    giveUp(detail);
    leaving = true;
    if (dialogue.uploadOpen()) {
      happened(new ControlEvent.ClientGone());
    }
    // its data connection may have been heard of first, and then ABOR is under way already
    transfers.afterAbort(() -> session.end(EndReason.CLIENT_ABORTED, detail));
  }

  // The server

  @Override
  public void replied(ReplyLine line) {
    happened(new ControlEvent.Replied(line));
  }

  @Override
  public void serverEnded() {
    happened(new ControlEvent.ServerEnded());
    session.finish(EndReason.COMPLETED, "");
  }

  @Override
  public void serverLost(String why) {
    if (leaving) {
      session.breakOff(EndReason.UPSTREAM_ABORTED, why);
    } else {
      session.hangUp(421, "culvert: " + why, EndReason.UPSTREAM_ABORTED, why);
    }
  }

  // Data connections

  @Override
  public void beforeBreakingOff(int request, Runnable then) {
    try {
      happened(new ControlEvent.DataBroken(request));
    } finally {
      transfers.afterAbort(then); // a defect must not leave it waiting either
    }
  }

  // The dialogue

  @Override
  public void happened(ControlEvent event) {
    for (ControlEffect effect : dialogue.on(event)) {
      if (server.isDropped()) {
        wipe(effect);
      } else {
        run(effect);
      }
    }
    if (!dialogue.waiting()) {
      stopTimer();
    }
  }

  /** What would have been sent may be a password. */
  private static void wipe(ControlEffect effect) {
    if (effect instanceof ControlEffect.ToServer line) {
      Arrays.fill(line.bytes(), (byte) 0);
    }
  }

  private void run(ControlEffect effect) {
    PassivePorts passive = server.data().passive();
    ActiveData active = server.data().active();
    if (effect instanceof ControlEffect.ToClient reply) {
      session.client().tell(reply.bytes());
    } else if (effect instanceof ControlEffect.ToServer line) {
      session.toServer(line.bytes());
    } else if (effect instanceof ControlEffect.AwaitData await) {
      passive.awaitData(await.request());
    } else if (effect instanceof ControlEffect.DataSettled settled) {
      passive.settled(settled.request());
    } else if (effect instanceof ControlEffect.Announce announce) {
      announce(announce);
    } else if (effect instanceof ControlEffect.Active asked) {
      startTimer();
      active.asked(asked);
    } else if (effect instanceof ControlEffect.OpenData open) {
      startTimer();
      active.open(open);
    } else if (effect instanceof ControlEffect.ActiveEnded) {
      active.ended();
    } else if (effect instanceof ControlEffect.DataGivenUp) {
      active.givenUp();
    } else if (effect instanceof ControlEffect.RenamedTransferEnded ended) {
      active.transferEnded(ended.failed());
    } else if (effect instanceof ControlEffect.AbortSent) {
      transfers.abortSent();
    } else if (effect instanceof ControlEffect.AbortAnswered) {
      transfers.abortAnswered();
    } else if (effect instanceof ControlEffect.AwaitRest rest) {
      awaitRest(rest.number());
    } else if (effect instanceof ControlEffect.TransferSent sent) {
      session
          .recorder()
          .transferAsked(
              new FtpTransfer(sent.number(), sent.request(), sent.command(), sent.path()));
    } else if (effect instanceof ControlEffect.TransferAnswered answered) {
      session.recorder().transferAnswered(answered.number(), answered.code());
    } else if (effect instanceof ControlEffect.LoggedIn let) {
      session.loggedIn(let.user());
    } else if (effect instanceof ControlEffect.Opaque) {
      OpaqueConversation.begin(session, server);
    } else if (effect instanceof ControlEffect.OutOfStep outOfStep) {
      session.hangUp(
          421, "culvert: " + outOfStep.why(), EndReason.UPSTREAM_ABORTED, outOfStep.why());
    } else {
      throw new IllegalStateException("control connection: " + effect);
    }
  }

  private void awaitRest(int number) {
    if (restOfReply != null) {
      restOfReply.cancel(false);
    }
    restOfReply =
        session.in(
            REST_OF_REPLY,
            () -> {
              if (session.word() != this) {
                return;
              }
              if (server.isHeard() && session.client().writable()) {
                happened(new ControlEvent.NothingMore(number));
                session.pump();
              } else {
                awaitRest(number); // more may have come, and wait
              }
            });
  }

  /** What comes from the server meanwhile waits. */
  private void announce(ControlEffect.Announce announce) {
    Future<PassivePorts.Announced> expected =
        server
            .data()
            .passive()
            .expect(
                announce.request(),
                announce.reply(),
                announce.extended(),
                server.data().connector().taker(announce.request(), announce.reply()));
    if (expected.isDone()) {
      announced(announce, expected);
      return;
    }
    Promise<PassivePorts.Announced> inTime = session.home().newPromise();
    PromiseNotifier.cascade(false, expected, inTime);
    Duration longest = session.timeouts().answer();
    TimeoutException late =
        new TimeoutException("no port for data within " + longest.toMillis() + " ms");
    ScheduledFuture<?> timer = session.in(longest, () -> inTime.tryFailure(late));
    inTime.addListener(
        done -> {
          timer.cancel(false);
          session.guarded(() -> announced(announce, inTime));
        });
    server.holdUntil(inTime); // behind the listener above
  }

  private void announced(ControlEffect.Announce announce, Future<PassivePorts.Announced> expected) {
    if (!server.isDropped()) {
      byte[] line =
          expected.isSuccess()
              ? expected.getNow().line(announce)
              : OwnReply.of(425, "culvert: " + PlainWords.of(expected.cause()));
      happened(new ControlEvent.Announced(announce.request(), line));
    }
  }

  /** What waits may take only so long: clients wait for an answer, and a busy server for nobody. */
  private void startTimer() {
    stopTimer();
    patience = session.in(session.timeouts().answer(), this::expired);
  }

  private void expired() {
    if (dialogue.waitsBehindTransfer()) {
      startTimer();
    } else if (dialogue.waiting() && !dialogue.announcing()) {
      long waited = session.timeouts().answer().toMillis();
      happened(new ControlEvent.GiveUp(dialogue.waitsFor() + " within " + waited + " ms"));
      session.pump();
    }
  }

  private void stopTimer() {
    if (patience != null) {
      patience.cancel(false);
      patience = null;
    }
  }
}
