package culvert.proxy.ftp.passive;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Arrival;
import culvert.proxy.ftp.data.DataDoor;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.Closing;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for one data connection of one client: closes when that has come, after {@link
 * ExpectedDataConnections#VALID_FOR}, or when it is told to. Others are reset. Thread-safe.
 */
final class DataListener {
  private static final Logger LOG = LoggerFactory.getLogger(DataListener.class);

  /** Other users could keep a session waiting for as long as they come, one after the other. */
  private static final int MAX_HOLDING_UP = 8;

  /**
   * Whom it waits for.
   *
   * @param client the control connection's peer
   * @param owner of its socket
   * @param frontDoor the name of the listener by which the control connection came in
   */
  record Awaited(
      InetAddress client, Optional<String> user, Future<SocketOwner> owner, String frontDoor) {}

  private final Awaited awaited;
  private final DataTaker taker;
  private final ClientOwners owners;
  private final DataDoor door;
  private final Promise<Void> over;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final AtomicInteger lookUps = new AtomicInteger();
  private volatile @Nullable Channel socket;

  /**
   * @param over see {@link #over()}
   */
  DataListener(
      Awaited awaited, DataTaker taker, ClientOwners owners, DataDoor door, Promise<Void> over) {
    this.awaited = awaited;
    this.taker = taker;
    this.owners = owners;
    this.door = door;
    this.over = over;
  }

  /** Completes when the client was let in, or nobody will be. */
  Future<Void> over() {
    return over;
  }

  /** It listens from now on, and only so long. */
  void bound(Channel listening, InetSocketAddress address) {
    socket = listening;
    if (taken.get()) {
      listening.close(); // the client was faster than this call
      return;
    }
    var timeout =
        listening
            .eventLoop()
            .schedule(
                () -> {
                  LOG.atDebug().addKeyValue("listener", address).log("no data connection came");
                  close();
                },
                ExpectedDataConnections.VALID_FOR.toNanos(),
                TimeUnit.NANOSECONDS);
    listening.closeFuture().addListener(closed -> timeout.cancel(false));
  }

  InetSocketAddress address() {
    Channel listening = socket;
    if (listening == null) {
      throw new IllegalStateException("data listener: not bound");
    }
    return (InetSocketAddress) listening.localAddress();
  }

  /** Nobody is let in any more. Idempotent; a client that was let in stays. */
  void close() {
    taken.set(true);
    closeSocket();
    over.trySuccess(null);
  }

  /**
   * The client has come another way.
   *
   * @return false: it had come here before, or nobody is expected any more
   */
  boolean takeOver() {
    boolean first = taken.compareAndSet(false, true);
    if (first) {
      closeSocket();
      over.trySuccess(null);
    }
    return first;
  }

  private void closeSocket() {
    Channel listening = socket;
    if (listening != null) {
      listening.close();
    }
  }

  /** Somebody has connected. On that socket's loop. */
  void accepted(DuplexChannel channel) {
    Closing.breaksOffAlone(channel);
    guarded(channel, () -> judge(Arrival.at(channel)));
  }

  /** A defect ends it: nobody is let in by half. */
  private boolean guarded(DuplexChannel channel, Runnable step) {
    boolean done = DataDoor.guarded(channel, step);
    if (!done) {
      close();
    }
    return done;
  }

  private void judge(Arrival arrival) {
    if (!arrival.peer().getAddress().equals(awaited.client())) {
      refuse(
          arrival, "the control connection came from " + NetUtil.toAddressString(awaited.client()));
    } else if (awaited.owner().getNow() instanceof SocketOwner.Unknown) {
      claim(arrival);
    } else {
      lookUp(arrival);
    }
  }

  /**
   * What the server says waits for this: some say that they take an upload before anybody has
   * connected, and the owner of a socket that was closed behind a small file is not found.
   */
  private void lookUp(Arrival arrival) {
    DuplexChannel channel = arrival.channel();
    Promise<Void> known = channel.eventLoop().newPromise();
    if (lookUps.incrementAndGet() <= MAX_HOLDING_UP) {
      taker.arriving(known);
    }
    boolean asked =
        guarded(
            channel,
            () ->
                owners
                    .socket(arrival)
                    .addListener(
                        (Future<SocketOwner> found) -> {
                          guarded(channel, () -> found(arrival, found));
                          known.setSuccess(null);
                        }));
    if (!asked) {
      known.trySuccess(null);
    }
  }

  private void found(Arrival arrival, Future<SocketOwner> owner) {
    if (!owner.isSuccess()) {
      throw new IllegalStateException("the owner of a socket was not looked up", owner.cause());
    }
    if (isOwn(owner.getNow())) {
      claim(arrival);
    } else {
      boolean closed = owner.getNow() instanceof SocketOwner.Unknown;
      refuse(
          arrival,
          closed
              ? "closed before its owner was looked up"
              : "the control connection is another user's");
    }
  }

  /** The control connection's owner was asked for first, so it is known first. */
  private boolean isOwn(SocketOwner owner) {
    SocketOwner control = awaited.owner().getNow();
    return control instanceof SocketOwner.Unknown
        || (control instanceof SocketOwner.Known known && known.isSameUserAs(owner));
  }

  private void claim(Arrival arrival) {
    if (taken.compareAndSet(false, true)) {
      closeSocket();
      take(arrival);
      over.trySuccess(null);
    } else {
      refuse(arrival, "no data connection is expected any more");
    }
  }

  private void take(Arrival arrival) {
    InetSocketAddress here = arrival.own();
    ConnectionRequest request =
        new ConnectionRequest(
            here.getAddress().getHostAddress(),
            new DestinationAddress.Known(here.getAddress()),
            here.getPort(),
            arrival.peer().getAddress(),
            awaited.frontDoor());
    door.enter(new AcceptedClient(arrival, request, awaited.user()), taker);
  }

  private static void refuse(Arrival arrival, String why) {
    DataDoor.log(arrival.peer(), arrival.own().getPort(), why);
    Closing.reset(arrival.channel());
  }
}
