package culvert.proxy.door;

import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.Stories;
import culvert.proxy.relay.Closing;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
