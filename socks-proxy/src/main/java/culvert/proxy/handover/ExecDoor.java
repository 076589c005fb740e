package culvert.proxy.handover;

import culvert.config.Cidr;
import culvert.config.ListenerConfig;
import culvert.proxy.door.Admission;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.door.CommandNamespace;
import culvert.ssh.NettyTransport;
import culvert.ssh.PlainWords;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UNIX socket by which commands come in. Every user may connect to it whom its directory lets
 * through: they are told apart by what the kernel says of them, and each has a share. All methods
 * may block, and are called from outside of the event loops.
 */
public final class ExecDoor implements AutoCloseable {
  /** What {@code match: {listener: ...}} and the log call it. */
  public static final String LISTENER = ListenerConfig.EXEC;

  private static final Logger LOG = LoggerFactory.getLogger(ExecDoor.class);
  private static final int LONGEST_LINE = 1024;

  /** So long who has a loop blocked is waited for. */
  private static final long END_SECONDS = 5;

  /** fd63:756c:7665:7274::/64, which is of this program alone: "fd", and its name. */
  private static final long NETWORK = 0xfd63_756c_7665_7274L;

  private final UserShares shares = new UserShares();
  private final Wishes wishes = new Wishes();
  private final AtomicLong numbers = new AtomicLong();
  private final ChannelGroup handovers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Clients clients;
  private final Path path;
  private final EventLoopGroup loop; // of nobody else's: refusing somebody may take its time
  private final Channel socket;

  /**
   * Where those go who come in.
   *
   * @param pseudoAddresses from which names get their addresses; asked once for each command
   */
  public record Clients(
      Admission admission, ClientHandler handler, Supplier<Cidr> pseudoAddresses) {}

  private ExecDoor(Clients clients, Path path, EventLoopGroup loop) throws IOException {
    this.clients = clients;
    this.path = path;
    this.loop = loop;
    this.socket = bind();
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException e) {
      socket.close().awaitUninterruptibly();
      throw e;
    }
  }

  /**
   * Opens it.
   *
   * @param path where; a socket that nobody listens on any more is replaced
   * @throws IOException which says why it cannot be opened
   */
  public static ExecDoor open(Path path, Clients clients) throws IOException {
    EventLoopGroup loop = NettyTransport.EPOLL.newGroup("culvert-exec", 1);
    try {
      if (Files.exists(path)) {
        if (isServed(path, loop)) {
          throw new IOException(path + ": another Culvert listens there");
        }
        Files.delete(path);
      }
      return new ExecDoor(clients, path, loop);
    } catch (IOException e) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  private static boolean isServed(Path path, EventLoopGroup loop) {
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainSocketChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new DomainSocketAddress(path.toFile()))
            .awaitUninterruptibly();
    connected.channel().close().awaitUninterruptibly();
    return connected.isSuccess();
  }

  private Channel bind() throws IOException {
    ChannelFuture bound =
        new Bootstrap()
            .group(loop)
            .channelFactory(ExecDoor::listener)
            .handler(new Newcomers(this::accepted))
            .bind(new DomainSocketAddress(path.toFile()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot bind " + path + ": " + PlainWords.of(bound.cause()));
    }
    return bound.channel();
  }

  /** Where it can be helped, nobody sends descriptors before he is asked for some. */
  private static EpollServerDomainSocketChannel listener() {
    EpollServerDomainSocketChannel listener = new EpollServerDomainSocketChannel();
    PassRights.set(listener, false);
    return listener;
  }

  /**
   * Nothing is read from it here: with what a peer has sent comes what takes as long to close as
   * the peer likes, such as a socket that lingers.
   */
  private void accepted(EpollDomainSocketChannel channel) {
    long uid;
    try {
      uid = Integer.toUnsignedLong(channel.peerCredentials().uid());
    } catch (IOException e) {
      LOG.warn("a command was refused: {}", PlainWords.of(e));
      channel.unsafe().closeForcibly();
      return;
    }
    Optional<UserShares.Place> place = shares.tryEnter(uid);
    if (place.isEmpty()) {
      LOG.atWarn().addKeyValue("uid", uid).log("a command was refused: its user has too many");
      channel.unsafe().closeForcibly();
      return;
    }
    channel.closeFuture().addListener(closed -> place.get().leave());
    Lines.goTo(new Handover(uid, place.get(), wishes, this::namespace), LONGEST_LINE, channel);
    place.get().loop().register(channel);
    handovers.add(channel);
  }

  private Handover.Namespace namespace(
      long uid, Set<String> programs, Function<String, ChannelFuture> ask) {
    CommandNamespace identity =
        new CommandNamespace(
            nextAddress(),
            uid,
            programs,
            (source, listener, loop, initializer) ->
                wishes.connect(
                    source,
                    listener,
                    new Wishes.Waiting(uid, loop, initializer, loop.newPromise()),
                    ask));
    NameTable names = new NameTable(clients.pseudoAddresses().get());
    return new Handover.Namespace(
        identity, names, new CommandDoor(identity, names, clients.admission(), clients.handler()));
  }

  private InetAddress nextAddress() {
    byte[] address =
        ByteBuffer.allocate(16).putLong(NETWORK).putLong(numbers.incrementAndGet()).array();
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * Waits until a command has come, and all have gone.
   *
   * @param first how long the first one is waited for
   */
  public void awaitCommands(Duration first) throws InterruptedException {
    shares.awaitNone(first.toNanos());
  }

  /** Lets no further command in; those that are there go on. Idempotent. */
  public void closeToCommands() {
    if (socket.isOpen()) {
      socket.close().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.warn("{} stays: {}", path, e.getMessage());
      }
    }
  }

  /** Lets nobody in any more. Idempotent. */
  @Override
  public void close() {
    closeToCommands();
    handovers.close().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
  }

  /** Gives back what its clients have lived on. After {@link #close}, and after they have ended. */
  public void release() {
    shares.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
  }
}
