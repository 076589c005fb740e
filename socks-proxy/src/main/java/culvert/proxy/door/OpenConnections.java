package culvert.proxy.door;

import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.Stories;
import culvert.proxy.relay.Closing;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The client connections that have asked for something and not ended. Thread-safe. */
public final class OpenConnections {
  private final Map<Channel, ConnectionRecorder> recorders = new ConcurrentHashMap<>();

  private final Stories stories;

  public OpenConnections(Stories stories) {
    this.stories = stories;
  }

  /**
   * Begins a connection's story, and watches over it until the channel closes: whatever happened,
   * the story has an end then.
   */
  public ConnectionRecorder begin(Client client) {
    ConnectionRecorder recorder = stories.start(client.address(), client.request());
    client.forwardedBy().ifPresent(by -> recorder.tunnelled(by.server().toString(), by.user()));
    Channel channel = client.channel();
    recorders.put(channel, recorder);
    channel
        .closeFuture()
        .addListener(
            closed -> {
              recorders.remove(channel);
              // After the handlers have heard of it, who may know more.
              channel
                  .eventLoop()
                  .execute(() -> recorder.ended(EndReason.CLIENT_ABORTED, "connection closed"));
            });
    return recorder;
  }

  public int count() {
    return recorders.size();
  }

  /**
   * Waits until those that are open now have ended, at most so long. Blocks; not on an event loop.
   *
   * @return what is left of the patience
   */
  public Duration awaitPresent(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    for (Channel channel : List.copyOf(recorders.keySet())) {
      if (left > 0) {
        channel.closeFuture().await(left, TimeUnit.NANOSECONDS);
        left = deadline - System.nanoTime();
      }
    }
    return Duration.ofNanos(Math.max(0, left));
  }

  /** Resets them all. */
  public void breakOff() {
    recorders.forEach(
        (channel, recorder) ->
            channel
                .eventLoop()
                .execute(
                    () -> {
                      recorder.ended(EndReason.SHUTDOWN, "Culvert is shutting down");
                      Closing.reset(channel);
                    }));
  }
}
