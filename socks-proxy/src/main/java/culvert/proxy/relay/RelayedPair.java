package culvert.proxy.relay;

import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import io.netty.channel.socket.DuplexChannel;

/** Two channels and the one end of their relay. Confined to the client's event loop. */
final class RelayedPair {
  private final RelayEnd client;
  private final RelayEnd upstream;
  private final HomeLoop home; // the client's
  private final RelayListener listener;
  private int endedDirections;
  private boolean ended;

  RelayedPair(
      DuplexChannel clientChannel,
      DuplexChannel upstreamChannel,
      ConnectionRecorder recorder,
      RelayListener listener,
      BufferBudget budget,
      long highWaterMark) {
    this.home = HomeLoop.of(clientChannel);
    this.listener = listener;
    this.client =
        new RelayEnd(
            clientChannel,
            this,
            budget,
            highWaterMark,
            recorder::fromClient,
            recorder::toClient,
            EndReason.CLIENT_ABORTED);
    this.upstream =
        new RelayEnd(
            upstreamChannel,
            this,
            budget,
            highWaterMark,
            bytes -> {},
            bytes -> {},
            EndReason.UPSTREAM_ABORTED);
    client.connectTo(upstream);
    upstream.connectTo(client);
  }

  void start() {
    client.install();
    upstream.post(upstream::install);
    home.loop()
        .execute(
            () -> {
              client.begin();
              upstream.post(upstream::begin);
            });
  }

  /** All of one direction is written, and its end comes next. On that end's loop. */
  void outputEnds(RelayEnd end) {
    if (end == upstream) {
      listener.clientEnded();
    }
  }

  /** One direction's end has been written. From either end's loop. */
  void directionEnded() {
    onClientLoop(
        () -> {
          endedDirections++;
          if (endedDirections == 2) {
            end(EndReason.COMPLETED, "", false);
          }
        });
  }

  /** One side broke off, or we did. From either end's loop. */
  void broken(EndReason reason, String detail) {
    onClientLoop(() -> end(reason, detail, true));
  }

  private void end(EndReason reason, String detail, boolean reset) {
    home.check();
    if (ended) {
      return;
    }
    ended = true;
    try {
      listener.ended(reason, detail);
    } finally {
      client.dispose(reset);
      upstream.post(() -> upstream.dispose(reset));
    }
  }

  private void onClientLoop(Runnable task) {
    if (!home.post(task)) {
      // The loop has ended and has taken the client's channel with it.
      upstream.dispose(true);
    }
  }
}
