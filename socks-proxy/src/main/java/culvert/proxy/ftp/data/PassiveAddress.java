package culvert.proxy.ftp.data;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.ssh.AddressResolver;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which address a client is told in a {@code 227}. Half of the clients compare it with the address
 * of their control connection, and the others connect to it whatever it is: so it should be the one
 * that they asked the front door for, and must be one that they send through the front door again.
 */
public final class PassiveAddress {
  /** 198.18.0.0/16: of what is set aside for tests between networks (RFC 2544), so nobody's. */
  private static final int RESERVED = (198 << 24) | (18 << 16);

  private static final int RESERVED_COUNT = 1 << 16;

  /** A client waits for its answer, and the lookup began when its session did. */
  private static final Duration LOOKUP = Duration.ofSeconds(1);

  private static final AtomicInteger sessions = new AtomicInteger();

  private final ConnectionRequest request;
  private final InetAddress own;
  private final boolean captured;
  private final Future<List<InetAddress>> addresses;
  private final Inet4Address reserved = nextReserved();

  /**
   * @param request what the client asked for
   * @param own where the client has reached Culvert
   * @param captured whether the client takes that for the server's address
   * @param addresses of that name, as they are found
   */
  PassiveAddress(
      ConnectionRequest request,
      InetAddress own,
      boolean captured,
      Future<List<InetAddress>> addresses) {
    this.request = request;
    this.own = own;
    this.captured = captured;
    this.addresses = addresses;
  }

  /**
   * Begins to look the name up that the client has asked for.
   *
   * @param destination where the session leads
   * @param resolver on the client's behalf
   */
  public static PassiveAddress of(
      Client client, ConnectionRequest destination, AddressResolver resolver) {
    ConnectionRequest asked = asked(client, destination);
    InetAddress own = client.arrival().own().getAddress();
    return new PassiveAddress(
        asked,
        own,
        client.isCaptured(),
        resolver.resolve(asked.host(), client.channel().eventLoop()));
  }

  /**
   * The server as the client knows it: what it asked the front door for, although it may have named
   * another one since.
   *
   * @param destination where the session leads
   */
  static ConnectionRequest asked(Client client, ConnectionRequest destination) {
    ConnectionRequest asked = client.request();
    return destination.host().equals(asked.host()) ? destination : asked;
  }

  /** What the name resolves to here; a literal address is itself. */
  public Future<List<InetAddress>> addresses() {
    return addresses;
  }

  /** Of which the rules have chosen one, if they have. */
  private List<InetAddress> known() {
    if (request.address() instanceof DestinationAddress.Known known) {
      return List.of(known.address());
    }
    return addresses.isSuccess() ? addresses.getNow() : List.of();
  }

  /**
   * The address to announce. What the server itself says of its address is no address of a server
   * that the client has asked for: it can be anybody's. A lookup under way is waited for, but not
   * for long: nobody needs its result who does not compare it.
   *
   * @param loop the session's; the result is told on it
   */
  public Future<Inet4Address> announce(EventLoop loop) {
    if (addresses.isDone() || asked() != null || isChosen()) {
      return loop.newSucceededFuture(announced());
    }
    Promise<Inet4Address> announced = loop.newPromise();
    Future<?> late =
        loop.schedule(
            () -> announced.trySuccess(announced()), LOOKUP.toMillis(), TimeUnit.MILLISECONDS);
    addresses.addListener(
        lookedUp -> {
          late.cancel(false);
          announced.trySuccess(announced());
        });
    return announced;
  }

  /** The address to which the client has gone or asked for; null: it has asked for a name. */
  private @Nullable InetAddress asked() {
    return captured ? own : NetUtil.createInetAddressFromIpAddressString(request.host());
  }

  private boolean isChosen() {
    return request.address() instanceof DestinationAddress.Known;
  }

  private Inet4Address announced() {
    if (asked() instanceof Inet4Address asked) {
      return asked;
    }
    return known().stream()
        .filter(this::usableForTheName)
        .filter(Inet4Address.class::isInstance)
        .map(Inet4Address.class::cast)
        .findFirst()
        .orElse(reserved);
  }

  /** The server's address as a client knows it that checks where its data comes from. */
  public InetAddress asKnownToClient() {
    InetAddress literal = asked();
    return literal != null ? literal : announced();
  }

  /** Whether an address stands for the server alone. */
  public boolean usable(InetAddress address) {
    return !address.isLoopbackAddress() && !address.isAnyLocalAddress() && !address.equals(own);
  }

  private boolean usableForTheName(InetAddress address) {
    String host = request.host().toLowerCase(Locale.ROOT);
    boolean askedForLoopback = host.equals("localhost") || host.endsWith(".localhost");
    return usable(address) || (askedForLoopback && address.isLoopbackAddress());
  }

  private static Inet4Address nextReserved() {
    int number = RESERVED + 1 + Math.floorMod(sessions.getAndIncrement(), RESERVED_COUNT - 2);
    byte[] bytes = {
      (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number
    };
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
