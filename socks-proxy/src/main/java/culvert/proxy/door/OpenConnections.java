package culvert.proxy.door;

import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Stories;
import culvert.proxy.event.Story;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.HomeLoop;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** The client connections that have asked for something and not ended. Thread-safe. */
public final class OpenConnections {
  private final Map<Channel, Open> open = new ConcurrentHashMap<>();

  private final Stories stories;
  private final ClientPrograms programs;
  private final Room room;

  /** Finds out who runs a client, beside everything else. */
  @FunctionalInterface
  public interface ClientPrograms {

    /** Nobody looks. */
    ClientPrograms UNKNOWN = (client, answer) -> answer.accept(ClientProgram.UNKNOWN);

    /**
     * Asked on the channel's loop.
     *
     * @param answer given once, by any thread
     */
    void program(Arrival client, Consumer<ClientProgram> answer);
  }

  /** Where stories are written down. */
  @FunctionalInterface
  public interface Room {

    /** There is always room. */
    Room ALWAYS =
        task -> {
          task.run();
          return () -> {};
        };

    /**
     * Runs a task when what a new connection has to tell can be written down: at once, or later on
     * any thread.
     *
     * @return gives it up, if it has not run
     */
    Runnable whenRoom(Runnable task);
  }

  private record Open(Client client, Story story) {

    /** Whether the other client may be this one, and wants the same host. */
    boolean isBeside(Client other) {
      return client.forwardedBy().isEmpty()
          && other.forwardedBy().isEmpty()
          && client.address().getAddress().equals(other.address().getAddress())
          && client.user().equals(other.user())
          && client.request().host().equalsIgnoreCase(other.request().host());
    }
  }

  /** Of clients of whom nobody finds out who runs them, and for whom there is always room. */
  public OpenConnections(Stories stories) {
    this(stories, ClientPrograms.UNKNOWN, Room.ALWAYS);
  }

  public OpenConnections(Stories stories, ClientPrograms programs, Room room) {
    this.stories = stories;
    this.programs = programs;
    this.room = room;
  }

  /**
   * Lets a client in when there is room for its story: at once, or later on its channel's loop. One
   * that has gone by then has no story.
   */
  public void whenRoom(Client client, Runnable enter) {
    HomeLoop home = client.home();
    AtomicBoolean entered = new AtomicBoolean();
    Runnable giveUp =
        room.whenRoom(
            () -> {
              entered.set(true);
              home.post(enter);
            });
    if (!entered.get()) {
      client.channel().closeFuture().addListener(closed -> giveUp.run());
    }
  }

  /**
   * Begins a connection's story, and watches over it until the channel closes: whatever happened,
   * the story has an end then.
   */
  public ConnectionRecorder begin(Client client) {
    Story story =
        stories.start(client.address(), client.user(), client.request(), client.home()::check);
    client
        .forwardedBy()
        .ifPresent(
            by ->
                story.tunnelled(
                    new SshCarrier(by.server().toString(), by.user(), Optional.empty())));
    Channel channel = client.channel();
    open.put(channel, new Open(client, story));
    channel
        .closeFuture()
        .addListener(
            closed -> {
              open.remove(channel);
              // After the handlers have heard of it, who may know more.
              HomeLoop home = client.home();
              home.loop()
                  .execute(
                      () ->
                          home.post(
                              () -> story.ended(EndReason.CLIENT_ABORTED, "connection closed")));
            });
    return story;
  }

  /** Has found out who runs the client, beside everything else. On the channel's loop. */
  public void identify(Client client, ConnectionRecorder recorder) {
    recorder.ownerAsked();
    programs.program(
        client.arrival(), program -> client.home().post(() -> recorder.ownedBy(program)));
  }

  /**
   * Whether the client has another connection to the host that it asks for.
   *
   * @param ports at one of these
   */
  public boolean anyBeside(Client client, IntPredicate ports) {
    return open.values().stream()
        .anyMatch(other -> ports.test(other.client().request().port()) && other.isBeside(client));
  }

  public int count() {
    return open.size();
  }

  /** How many of them are data connections of FTP sessions. */
  public long transfers() {
    return open.values().stream().filter(connection -> connection.story().isOfAnotherJob()).count();
  }

  /**
   * Waits until those that are open now have ended, at most so long. Blocks; not on an event loop.
   *
   * @return what is left of the patience
   */
  public Duration awaitPresent(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    for (Channel channel : List.copyOf(open.keySet())) {
      if (left > 0) {
        channel.closeFuture().await(left, TimeUnit.NANOSECONDS);
        left = deadline - System.nanoTime();
      }
    }
    return Duration.ofNanos(Math.max(0, left));
  }

  /** Resets them all. */
  public void breakOff() {
    open.forEach(
        (channel, connection) ->
            HomeLoop.of(channel)
                .postLater(
                    () -> {
                      connection.story().ended(EndReason.SHUTDOWN, "Culvert is shutting down");
                      Closing.reset(channel);
                    }));
  }
}
