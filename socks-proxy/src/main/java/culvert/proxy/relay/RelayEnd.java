package culvert.proxy.relay;

import culvert.proxy.event.EndReason;
import culvert.ssh.Defects;
import culvert.ssh.PlainWords;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of a relay's two channels: the input half of one direction and the output half of the other.
 * Confined to its channel's event loop; the two ends post to each other.
 */
final class RelayEnd extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RelayEnd.class);

  private final DuplexChannel channel;
  private final HomeLoop home;
  private final GatheringFlush output;
  private final RelayedPair pair;
  private final BufferBudget budget;
  private final long highWaterMark;
  private final LongConsumer taken;
  private final LongConsumer given;
  private final EndReason brokenReason;

  @SuppressWarnings("NullAway.Init") // set by connectTo, before the handler is installed
  private RelayEnd peer;

  // input half
  private boolean begun;
  private boolean endSeen; // perhaps before the relay has begun
  private boolean readAsked;
  private boolean paused;
  private boolean inputEnded;
  private long inFlight;
  private List<ByteBuf> batch = new ArrayList<>();
  private long batchBytes;

  // output half
  private boolean outputEnding;
  private boolean outputEnded;
  private long pending;
  private long written; // not yet told to the peer
  private boolean creditScheduled;

  private boolean gone; // inactive, but its input had ended in order
  private boolean failed;
  private boolean disposed;

  /**
   * @param taken told of bytes from this channel that the other one took
   * @param given told of bytes that this channel took
   * @param brokenReason the relay's end if this channel breaks off
   */
  RelayEnd(
      DuplexChannel channel,
      RelayedPair pair,
      BufferBudget budget,
      long highWaterMark,
      LongConsumer taken,
      LongConsumer given,
      EndReason brokenReason) {
    this.channel = channel;
    this.home = HomeLoop.of(channel);
    this.output = new GatheringFlush(channel);
    this.pair = pair;
    this.budget = budget;
    this.highWaterMark = highWaterMark;
    this.taken = taken;
    this.given = given;
    this.brokenReason = brokenReason;
  }

  void connectTo(RelayEnd other) {
    peer = other;
  }

  /** Takes the channel's place behind whatever handlers there are. */
  void install() {
    Closing.breaksOffAlone(channel);
    channel.pipeline().addLast("relay", this);
    EarlyReads.handOver(channel);
  }

  /** Starts to read, and notices what happened before the handler was there. */
  void begin() {
    home.check();
    begun = true;
    if (disposed) {
      return;
    }
    if (endSeen
        || EarlyReads.inputEnded(channel)
        || (channel.isActive() && channel.isInputShutdown())) {
      gone = !channel.isActive();
      endInput();
    } else if (!channel.isActive()) {
      fail("connection closed");
    } else {
      readIfFew();
    }
  }

  /** Runs on this end's loop, at once if that is the caller's. */
  void post(Runnable task) {
    if (!home.post(task)) {
      LOG.debug("{}: event loop has ended", channel);
    }
  }

  // Input half: channel -> peer

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (disposed || failed) {
      bytes.release();
      return;
    }
    batch.add(bytes);
    batchBytes += bytes.readableBytes();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    handOver();
    readAsked = false;
    readIfFew();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE
        || event == ChannelInputShutdownReadComplete.INSTANCE) {
      endSeen = true;
      if (begun) {
        endInput();
      }
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private void handOver() {
    if (batch.isEmpty()) {
      return;
    }
    List<ByteBuf> handedOver = batch;
    long bytes = batchBytes;
    batch = new ArrayList<>();
    batchBytes = 0;
    inFlight += bytes;
    budget.acquire(bytes);
    paused |= inFlight >= highWaterMark;
    if (!peer.home.post(() -> peer.deliver(handedOver))) {
      handedOver.forEach(ByteBuf::release);
      pair.broken(peer.brokenReason, "event loop has ended");
    }
  }

  private void endInput() {
    if (inputEnded || failed || disposed) {
      return;
    }
    handOver();
    inputEnded = true;
    peer.post(peer::endOutput);
  }

  /** The peer has written so many bytes of ours. */
  private void credit(long bytes) {
    home.check();
    if (disposed) {
      return;
    }
    inFlight -= bytes;
    budget.release(bytes);
    taken.accept(bytes);
    if (inFlight <= highWaterMark / 4) {
      paused = false;
    }
    readIfFew();
  }

  private void readIfFew() {
    boolean few = inFlight == 0 || (!paused && !budget.isExceeded());
    if (begun && few && !readAsked && !inputEnded && !failed && !disposed) {
      readAsked = true;
      channel.read();
    }
  }

  // Output half: peer -> channel

  private void deliver(List<ByteBuf> handedOver) {
    home.check();
    if (gone && !failed && !disposed) {
      fail("connection closed before it took everything");
    }
    long sum = 0;
    for (ByteBuf bytes : handedOver) {
      int length = bytes.readableBytes();
      pending += length;
      sum += length;
      channel.write(bytes).addListener(done -> onWritten(length, done));
    }
    output.written(sum);
  }

  private void onWritten(int length, Future<?> done) {
    pending -= length;
    if (disposed || failed) {
      return;
    }
    if (!done.isSuccess()) {
      fail(done.cause());
      return;
    }
    given.accept(length);
    written += length;
    if (peer.channel.eventLoop().inEventLoop()) {
      tellWritten();
    } else if (!creditScheduled) {
      creditScheduled = true;
      channel.eventLoop().execute(this::tellWrittenIfMuch);
    }
    endOutputIfWritten();
  }

  /** On two loops, credit is a task on the other one: told in large amounts, or when all is out. */
  private void tellWrittenIfMuch() {
    creditScheduled = false;
    if (pending == 0 || written >= highWaterMark / 4) {
      tellWritten();
    }
  }

  private void tellWritten() {
    long bytes = written;
    written = 0;
    if (bytes > 0) {
      peer.post(() -> peer.credit(bytes));
    }
  }

  private void endOutput() {
    home.check();
    output.flush();
    outputEnding = true;
    endOutputIfWritten();
  }

  private void endOutputIfWritten() {
    // A socket's shutdownOutput drops what is not written yet.
    if (!outputEnding || outputEnded || pending > 0 || failed || disposed) {
      return;
    }
    outputEnded = true;
    tellWritten();
    if (gone) {
      pair.directionEnded();
      return;
    }
    try {
      pair.outputEnds(this);
    } catch (RuntimeException e) {
      fail(e);
      return;
    }
    Closing.endsInOrder(channel);
    channel
        .shutdownOutput()
        .addListener(
            done -> {
              if (done.isSuccess() || gone) {
                pair.directionEnded();
              } else {
                fail(done.cause());
              }
            });
  }

  // Both halves

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!begun) {
      return; // begin() looks at what has become of the channel
    }
    if (inputEnded) {
      // The peer closed both ways at once. Whether that cuts anything short shows only when there
      // is more to write.
      gone = true;
    } else {
      fail("connection closed without an end of its data");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(cause);
  }

  private void fail(Throwable cause) {
    if (Defects.isOne(cause)) {
      LOG.error("{}: relay failed", channel, cause);
      fail(EndReason.INTERNAL_ERROR, PlainWords.of(cause));
      return;
    }
    fail(PlainWords.of(cause));
  }

  private void fail(String detail) {
    fail(brokenReason, detail);
  }

  private void fail(EndReason reason, String detail) {
    if (!failed && !disposed) {
      failed = true;
      tellWritten();
      pair.broken(reason, detail);
    }
  }

  /** The relay is over: gives everything back and closes. */
  void dispose(boolean reset) {
    home.check();
    if (disposed) {
      return;
    }
    disposed = true;
    budget.release(inFlight);
    inFlight = 0;
    batch.forEach(ByteBuf::release);
    batch.clear();
    if (reset) {
      Closing.reset(channel);
    } else {
      channel.close();
    }
  }
}
