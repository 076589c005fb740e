package culvert.proxy;

import culvert.config.Endpoint;
import culvert.proxy.event.Endpoints;
import culvert.proxy.handover.HandedSockets;
import culvert.proxy.service.ListenFds;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets that systemd has passed to this process, for listeners to take by their
 * addresses. Systemd keeps them, too, so that they stay when they are closed here. Not thread-safe.
 */
final class PassedSockets {
  private static final Logger LOG = LoggerFactory.getLogger(PassedSockets.class);
  private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s*([0-7]+)$");
  private static final long O_NONBLOCK = 04000; // of Linux on x86-64 and aarch64

  private final Map<String, String> variables;
  private final long pid;
  private @Nullable Map<InetSocketAddress, EpollServerSocketChannel> left;

  /**
   * @param variables this process's environment
   * @param pid its number
   */
  PassedSockets(Map<String, String> variables, long pid) {
    this.variables = variables;
    this.pid = pid;
  }

  /** Of this process. */
  static PassedSockets ofProcess() {
    return new PassedSockets(System.getenv(), ProcessHandle.current().pid());
  }

  /**
   * The one that listens there. It is the caller's, and registered nowhere.
   *
   * @param listener its name
   * @throws IOException there is none, or what was passed is none
   */
  EpollServerSocketChannel take(String listener, Endpoint bind) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByName(bind.host()), bind.port());
    Map<InetSocketAddress, EpollServerSocketChannel> sockets = sockets();
    EpollServerSocketChannel socket = sockets.remove(address);
    if (socket == null) {
      throw new IOException(
          "listener "
              + listener
              + ": systemd has passed no socket at "
              + Endpoints.text(address)
              + (sockets.isEmpty() ? "" : ", but " + text(sockets))
              + " (expected: ListenStream="
              + Endpoints.text(address)
              + " in a .socket unit, and that unit under Sockets= in Culvert's)");
    }
    return socket;
  }

  /**
   * Closes those that no listener has taken, and says so.
   *
   * @throws IOException what was passed is no listening socket
   */
  void closeOthers() throws IOException {
    int count = ListenFds.of(variables, pid).descriptors().size();
    if (count > 0 && !Epoll.isAvailable()) {
      LOG.warn("systemd has passed {} sockets, of which Culvert takes none without epoll", count);
      return;
    }
    Map<InetSocketAddress, EpollServerSocketChannel> sockets = sockets();
    if (!sockets.isEmpty()) {
      LOG.warn(
          "systemd has passed sockets that no listener takes, so that who connects to them waits:"
              + " {} (expected: systemd-socket: true at a listener for each)",
          text(sockets));
    }
    sockets.values().forEach(socket -> socket.unsafe().closeForcibly());
    sockets.clear();
  }

  private static String text(Map<InetSocketAddress, EpollServerSocketChannel> sockets) {
    return sockets.keySet().stream().map(Endpoints::text).collect(Collectors.joining(", "));
  }

  private Map<InetSocketAddress, EpollServerSocketChannel> sockets() throws IOException {
    Map<InetSocketAddress, EpollServerSocketChannel> sockets = left;
    if (sockets == null) {
      sockets = adopted(ListenFds.of(variables, pid).descriptors());
      left = sockets;
    }
    return sockets;
  }

  private static Map<InetSocketAddress, EpollServerSocketChannel> adopted(List<Integer> descriptors)
      throws IOException {
    Map<InetSocketAddress, EpollServerSocketChannel> sockets = new LinkedHashMap<>();
    for (int descriptor : descriptors) {
      EpollServerSocketChannel socket = listener(descriptor);
      if (sockets.putIfAbsent(socket.localAddress(), socket) != null) {
        throw new IOException(
            "systemd has passed two sockets at " + Endpoints.text(socket.localAddress()));
      }
    }
    return sockets;
  }

  private static EpollServerSocketChannel listener(int descriptor) throws IOException {
    if (blocks(descriptor)) {
      throw new IOException(
          "descriptor "
              + descriptor
              + ", which systemd has passed, blocks, and would hold everybody up (expected:"
              + " NonBlocking=yes in Culvert's unit, and in the service of the .socket unit)");
    }
    try {
      return HandedSockets.listener(new FileDescriptor(descriptor));
    } catch (IOException e) {
      throw new IOException(
          "descriptor "
              + descriptor
              + ", which systemd has passed, is no listening TCP socket (expected: ListenStream="
              + " with an address and a port): "
              + e.getMessage(),
          e);
    }
  }

  private static boolean blocks(int descriptor) throws IOException {
    Path about = Path.of("/proc/self/fdinfo", Integer.toString(descriptor));
    Matcher flags = FLAGS.matcher(Files.readString(about, StandardCharsets.ISO_8859_1));
    return !flags.find() || (Long.parseLong(flags.group(1), 8) & O_NONBLOCK) == 0;
  }
}
