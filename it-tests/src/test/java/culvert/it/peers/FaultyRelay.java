package culvert.it.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP relay on a free port of 127.0.0.1 that can be slow, trickle, fall silent one way or both,
 * reset its connections at once or after a number of bytes.
 */
public final class FaultyRelay implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int TRICKLE_BYTES = 512;

  /** The way of the bytes. */
  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  private final ServerSocket listener;
  private final int targetPort;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicLong bytesUntilReset = new AtomicLong(Long.MAX_VALUE);
  private final Object thaw = new Object();
  private final Set<Direction> frozen = EnumSet.noneOf(Direction.class); // guarded by thaw
  private volatile Duration delay = Duration.ZERO;
  private volatile Duration trickle = Duration.ZERO;

  private FaultyRelay(int targetPort) throws IOException {
    this.targetPort = targetPort;
    this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    start("faulty-relay-accept", this::accept);
  }

  public static FaultyRelay to(int targetPort) throws IOException {
    return new FaultyRelay(targetPort);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Holds every piece of data back for this long, from now on. */
  public void delay(Duration delay) {
    this.delay = delay;
  }

  /** Passes few bytes at a time, with this long between them; zero: as they come. */
  public void trickle(Duration pause) {
    trickle = pause;
  }

  /** Passes nothing on any more, with the sockets open. */
  public void freeze() {
    freeze(Direction.TO_SERVER);
    freeze(Direction.TO_CLIENT);
  }

  /** Passes nothing on any more one way. */
  public void freeze(Direction direction) {
    synchronized (thaw) {
      frozen.add(direction);
    }
  }

  public void thaw() {
    synchronized (thaw) {
      frozen.clear();
      thaw.notifyAll();
    }
  }

  /** Resets all connections after so many more bytes in total, both directions counted. */
  public void resetAfter(long bytes) {
    bytesUntilReset.set(bytes);
  }

  /** Resets all connections. */
  public void reset() {
    for (Socket socket : List.copyOf(sockets)) {
      reset(socket);
      sockets.remove(socket); // and no other, which may have come in between
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    reset();
    thaw();
  }

  private void accept() {
    while (!listener.isClosed()) {
      Socket client = new Socket();
      Socket server = new Socket();
      try {
        client = listener.accept();
        sockets.add(client);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), 5000);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        pump(client, server);
      } catch (IOException e) {
        reset(client, server); // a reset may have come while the two were being connected
        sockets.removeAll(List.of(client, server));
      }
    }
  }

  private void pump(Socket client, Socket server) {
    AtomicBoolean half = new AtomicBoolean();
    start("faulty-relay-out", () -> pump(client, server, Direction.TO_SERVER, half));
    start("faulty-relay-in", () -> pump(server, client, Direction.TO_CLIENT, half));
  }

  private void pump(Socket from, Socket to, Direction direction, AtomicBoolean half) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        waitUntilThawed(direction);
        LockSupport.parkNanos(delay.toNanos());
        if (bytesUntilReset.addAndGet(-n) <= 0) {
          reset();
          return;
        }
        write(out, buffer, n);
      }
      waitUntilThawed(direction);
      to.shutdownOutput();
      if (!half.compareAndSet(false, true)) { // the other half has ended before
        sockets.removeAll(List.of(from, to));
        from.close();
        to.close();
      }
    } catch (IOException broken) {
      sockets.removeAll(List.of(from, to));
      reset(from, to);
    }
  }

  private void write(OutputStream out, byte[] buffer, int length) throws IOException {
    int written = 0;
    while (written < length) {
      Duration pause = trickle;
      int piece = pause.isZero() ? length - written : Math.min(length - written, TRICKLE_BYTES);
      out.write(buffer, written, piece);
      written += piece;
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private void waitUntilThawed(Direction direction) {
    synchronized (thaw) {
      while (frozen.contains(direction)) {
        try {
          thaw.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static void reset(Socket... sockets) {
    for (Socket socket : sockets) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException alreadyClosed) {
        // that is what we want
      }
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
