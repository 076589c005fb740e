package culvert.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP relay on a free port of 127.0.0.1 that adds a round trip and nothing else: half of it each
 * way, at any rate that {@value #LINE_BYTES} bytes on the way allow. Then it reads no more.
 */
public final class DelayingRelay implements AutoCloseable {
  /** A gigabyte per second, at a round trip of 100 ms. */
  private static final int LINE_BYTES = 64 << 20;

  private static final int READ_BYTES = 256 << 10;

  private final ServerSocketChannel listener;
  private final int targetPort;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final AtomicLong mostOnTheWay = new AtomicLong();
  private volatile long oneWayNanos;

  private DelayingRelay(int targetPort) throws IOException {
    this.targetPort = targetPort;
    this.listener = ServerSocketChannel.open().bind(loopback(0));
    start("delay-accept", this::accept);
  }

  /** A relay to a port of 127.0.0.1, without any delay at first. */
  public static DelayingRelay to(int targetPort) throws IOException {
    return new DelayingRelay(targetPort);
  }

  public int port() {
    return listener.socket().getLocalPort();
  }

  /** What it adds to a round trip from now on. */
  public void roundTrip(Duration added) {
    oneWayNanos = added.toNanos() / 2;
  }

  /** How many bytes were at once on their way in one connection and direction, at most. */
  public long mostOnTheWay() {
    return mostOnTheWay.get();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = opened(listener.accept());
        SocketChannel server = opened(SocketChannel.open(loopback(targetPort)));
        new Way(client, server).start("delay-out");
        new Way(server, client).start("delay-in");
      }
    } catch (IOException closedOrNobodyThere) {
      closeAll();
    }
  }

  private SocketChannel opened(SocketChannel channel) throws IOException {
    open.add(channel);
    return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  @Override
  public void close() {
    closeAll();
  }

  private void closeAll() {
    close(listener);
    open.forEach(DelayingRelay::close);
  }

  private static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One direction of a connection. */
  private final class Way {
    private final SocketChannel from;
    private final SocketChannel to;
    private final DelayLine line = new DelayLine(LINE_BYTES); // guarded by itself

    Way(SocketChannel from, SocketChannel to) {
      this.from = from;
      this.to = to;
    }

    void start(String name) {
      DelayingRelay.start(name + "-read", () -> untilBroken(this::read));
      DelayingRelay.start(name + "-write", () -> untilBroken(this::write));
    }

    private void untilBroken(Loop loop) {
      try {
        loop.run();
      } catch (IOException broken) {
        breakOff();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        breakOff();
      }
    }

    private void breakOff() {
      DelayingRelay.close(from);
      DelayingRelay.close(to);
    }

    private void read() throws IOException, InterruptedException {
      for (int bytes = from.read(room()); bytes >= 0; bytes = from.read(room())) {
        synchronized (line) {
          line.entered(bytes, System.nanoTime() + oneWayNanos);
          mostOnTheWay.accumulateAndGet(line.carried(), Math::max);
          line.notifyAll();
        }
      }
      synchronized (line) {
        line.end(System.nanoTime() + oneWayNanos);
        line.notifyAll();
      }
    }

    private ByteBuffer room() throws InterruptedException {
      synchronized (line) {
        ByteBuffer room = line.room();
        while (!room.hasRemaining()) {
          line.wait();
          room = line.room();
        }
        return room.slice(0, Math.min(room.remaining(), READ_BYTES));
      }
    }

    private void write() throws IOException, InterruptedException {
      while (true) {
        long wait = dueNanos() - System.nanoTime();
        if (wait > 0) {
          LockSupport.parkNanos(wait); // who comes later is due later
          continue;
        }
        ByteBuffer arrived;
        synchronized (line) {
          if (line.ended(System.nanoTime())) {
            to.shutdownOutput();
            return;
          }
          arrived = line.arrived(System.nanoTime());
        }
        int bytes = to.write(arrived);
        synchronized (line) {
          line.taken(bytes);
          line.notifyAll();
        }
      }
    }

    private long dueNanos() throws InterruptedException {
      synchronized (line) {
        while (line.dueNanos() == DelayLine.NEVER) {
          line.wait();
        }
        return line.dueNanos();
      }
    }
  }

  /** What moves bytes until its connection ends. */
  private interface Loop {
    void run() throws IOException, InterruptedException;
  }
}
