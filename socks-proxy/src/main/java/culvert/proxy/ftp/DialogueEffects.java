package culvert.proxy.ftp;

import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.OwnReply;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Carries out what the dialogue with one upstream says: in order, and nothing while an announcement
 * is being prepared. Confined to the session's loop.
 */
final class DialogueEffects {

  /** The session. */
  interface Session {
    void toClient(byte[] bytes);

    /** Takes the bytes over, and wipes them. */
    void toServer(byte[] bytes);

    /** TLS begins. */
    void becomeOpaque();
  }

  private final ServerSide server;
  private final DataTransfers transfers;
  private final Duration patience;
  private final EventLoop loop;
  private final Session session;
  private final Queue<ControlEffect> waiting = new ArrayDeque<>();
  private boolean announcing;
  private boolean dropped;

  /**
   * @param patience how long an announcement may take
   */
  DialogueEffects(
      ServerSide server,
      DataTransfers transfers,
      Duration patience,
      EventLoop loop,
      Session session) {
    this.server = server;
    this.transfers = transfers;
    this.patience = patience;
    this.loop = loop;
    this.session = session;
  }

  /** Whether an announcement is being prepared: the client's commands wait. */
  boolean announcing() {
    return announcing;
  }

  /** Behind what waits already. */
  void run(List<ControlEffect> more) {
    waiting.addAll(more);
    while (!announcing && !waiting.isEmpty()) {
      run(waiting.remove());
    }
  }

  /** The upstream is gone. What would have been sent may be a password. */
  void drop() {
    dropped = true;
    for (ControlEffect effect : waiting) {
      if (effect instanceof ControlEffect.ToServer line) {
        Arrays.fill(line.bytes(), (byte) 0);
      }
    }
    waiting.clear();
  }

  private void run(ControlEffect effect) {
    ActiveMode active = server.data().active();
    if (effect instanceof ControlEffect.ToClient reply) {
      session.toClient(reply.bytes());
    } else if (effect instanceof ControlEffect.ToServer line) {
      session.toServer(line.bytes());
    } else if (effect instanceof ControlEffect.Passive passive) {
      announce(passive);
    } else if (effect instanceof ControlEffect.AwaitData data) {
      server.data().passive().awaitData(data.request());
    } else if (effect instanceof ControlEffect.DataSettled data) {
      server.data().passive().settled(data.request());
    } else if (effect instanceof ControlEffect.Active asked) {
      active.asked(asked);
    } else if (effect instanceof ControlEffect.OpenData open) {
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
    } else {
      session.becomeOpaque();
    }
  }

  /** Everything else waits until the client knows where to come, but only so long. */
  private void announce(ControlEffect.Passive passive) {
    DataTaker taker = server.data().connector().taker(DataSession.UNKNOWN_REQUEST, passive.reply());
    Future<PassivePorts.Announced> expected =
        server
            .data()
            .passive()
            .expect(passive.request(), passive.reply(), passive.extended(), taker);
    if (expected.isDone()) {
      session.toClient(line(passive, expected));
      return;
    }
    announcing = true;
    Promise<PassivePorts.Announced> inTime = loop.newPromise();
    PromiseNotifier.cascade(false, expected, inTime);
    String late = "no port for data within " + patience.toMillis() + " ms";
    ScheduledFuture<?> timer =
        loop.schedule(
            () -> inTime.tryFailure(new TimeoutException(late)),
            patience.toMillis(),
            TimeUnit.MILLISECONDS);
    inTime.addListener(
        done -> {
          timer.cancel(false);
          announcing = false;
          if (!dropped) {
            session.toClient(line(passive, inTime));
            run(List.of());
          }
        });
    server.holdUntil(inTime); // behind the listener above
  }

  private static byte[] line(
      ControlEffect.Passive passive, Future<PassivePorts.Announced> expected) {
    return expected.isSuccess()
        ? expected.getNow().line(passive)
        : OwnReply.of(425, "culvert: " + expected.cause().getMessage());
  }
}
