package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.ftp.passive.CapturedData.Way;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/**
 * For captured clients: they come for data as they came for the control connection, if those
 * connections are captured, too. Nothing is announced before they are; what cannot be captured is
 * not announced, and so no address of IPv4 to who has come by IPv6.
 *
 * <p>What was announced stays captured until the session has ended, although its client may have
 * come: whoever came once more would otherwise get to the server itself, and past the tunnel.
 */
public final class CapturedPorts implements PassivePorts {
  private static final Duration AFTERWARDS = ExpectedDataConnections.VALID_FOR;

  private final PassivePorts expected;
  private final CapturedData captured;
  private final InetAddress server;
  private final EventLoop loop;
  private final Deque<Way> open = new ArrayDeque<>(); // oldest first
  private boolean closed;

  /**
   * @param expected whose clients they are
   * @param server the address to which the client has connected, as far as it knows
   * @param loop the session's
   */
  public CapturedPorts(
      PassivePorts expected, CapturedData captured, InetAddress server, EventLoop loop) {
    this.expected = expected;
    this.captured = captured;
    this.server = server;
    this.loop = loop;
  }

  @Override
  public Future<Announced> expect(
      int request, PassiveReply reply, boolean extended, DataTaker taker) {
    if (!extended && server instanceof Inet6Address) {
      return loop.newFailedFuture(
          new IllegalStateException("the client has come by IPv6 (expected: EPSV)"));
    }
    Promise<Announced> announced = loop.newPromise();
    expected
        .expect(request, reply, extended, taker)
        .addListener(
            (FutureListener<Announced>)
                expectation -> {
                  if (expectation.isSuccess()) {
                    open(OptionalInt.of(expectation.getNow().port()))
                        .addListener(opened -> tell(announced, expectation.getNow(), opened));
                  } else {
                    announced.setFailure(expectation.cause());
                  }
                });
    return announced;
  }

  private static void tell(Promise<Announced> announced, Announced told, Future<?> opened) {
    if (opened.isSuccess()) {
      announced.setSuccess(told);
    } else {
      announced.setFailure(
          new IllegalStateException(
              "the data connection cannot be captured: " + opened.cause().getMessage(),
              opened.cause()));
    }
  }

  private Future<Void> open(OptionalInt port) {
    Way way = new Way(server, port);
    Future<Void> opened = captured.open(way, loop);
    opened.addListener(
        done -> {
          if (done.isSuccess()) {
            opened(way);
          }
        });
    return opened;
  }

  private void opened(Way way) {
    if (closed) {
      captured.giveUp(way, AFTERWARDS);
      return;
    }
    open.add(way);
    if (open.size() > SessionPorts.MAX) {
      captured.giveUp(open.remove(), AFTERWARDS);
    }
  }

  @Override
  public void awaitData(int request) {
    expected.awaitData(request);
  }

  @Override
  public void settled(int request) {
    expected.settled(request);
  }

  @Override
  public Future<?> expectAnyPort() {
    expected.expectAnyPort(); // which is done at once
    return open(OptionalInt.empty());
  }

  @Override
  public boolean stop() {
    boolean holds = expected.stop();
    if (!holds) {
      giveUp();
    }
    return holds;
  }

  @Override
  public void close() {
    expected.close();
    giveUp();
  }

  private void giveUp() {
    closed = true;
    open.forEach(way -> captured.giveUp(way, AFTERWARDS));
    open.clear();
  }
}
