package culvert.proxy.ftp.passive;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.ftp.passive.CapturedData.Way;
import culvert.proxy.ftp.passive.PassivePorts.Announced;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CapturedPortsTest {
  private static final InetAddress SERVER = InetAddress.getLoopbackAddress();
  private static final DataTaker NOBODY = (client, recorder) -> {};

  private final EventLoop loop = new DefaultEventLoop();
  private final Netfilter netfilter = new Netfilter();
  private final Expected expected = new Expected();
  private final CapturedPorts ports = new CapturedPorts(expected, netfilter, SERVER, loop);

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Does what it is told when the test says so. */
  private static final class Netfilter implements CapturedData {
    final Map<Way, Promise<Void>> asked = new HashMap<>();
    final List<String> givenUp = new ArrayList<>();

    @Override
    public Future<Void> open(Way way, EventExecutor executor) {
      Promise<Void> opened = executor.newPromise();
      asked.put(way, opened);
      return opened;
    }

    @Override
    public void giveUp(Way way, Duration later) {
      givenUp.add(way.port() + " in " + later.toSeconds());
    }
  }

  /** Announces what the server does. */
  private final class Expected implements PassivePorts {
    boolean holds = true;
    boolean any;
    boolean closed;

    @Override
    public Future<Announced> expect(
        int request, PassiveReply reply, boolean extended, DataTaker taker) {
      return loop.newSucceededFuture(new Announced(Optional.empty(), reply.port()));
    }

    @Override
    public Future<?> expectAnyPort() {
      any = true;
      return loop.newSucceededFuture(null);
    }

    @Override
    public boolean stop() {
      return holds;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return loop.submit(task).get(30, TimeUnit.SECONDS);
  }

  private Future<Announced> announce(int port) throws Exception {
    Future<Announced> announced =
        onLoop(() -> ports.expect(1, new PassiveReply(Optional.empty(), port), true, NOBODY));
    onLoop(() -> ""); // whoever is told is told now
    return announced;
  }

  private Promise<Void> asked(int port) {
    return netfilter.asked.get(
        new Way(SERVER, port == 0 ? OptionalInt.empty() : OptionalInt.of(port)));
  }

  private void opened(int port) throws Exception {
    onLoop(() -> asked(port).setSuccess(null));
    onLoop(() -> "");
  }

  @Test
  void nothingIsAnnouncedBeforeItIsCaptured() throws Exception {
    Future<Announced> announced = announce(40000);
    assertThat(announced.isDone()).isFalse();

    opened(40000);

    assertThat(announced.getNow()).isEqualTo(new Announced(Optional.empty(), 40000));
  }

  @Test
  void whatCannotBeCapturedIsNotAnnounced() throws Exception {
    Future<Announced> announced = announce(40000);

    onLoop(() -> asked(40000).setFailure(new IOException("nft: Error: no space")));
    onLoop(() -> "");

    assertThat(announced.cause())
        .hasMessage("the data connection cannot be captured: nft: Error: no space");
    onLoop(
        () -> {
          ports.close();
          return "";
        });
    assertThat(netfilter.givenUp).isEmpty();
  }

  @Test
  void noAddressOfIpv4IsAnnouncedToWhoHasComeByIpv6() throws Exception {
    CapturedPorts six =
        new CapturedPorts(expected, netfilter, InetAddress.getByName("2001:db8::21"), loop);

    Future<Announced> announced =
        onLoop(() -> six.expect(1, new PassiveReply(Optional.empty(), 40000), false, NOBODY));

    assertThat(announced.cause()).hasMessage("the client has come by IPv6 (expected: EPSV)");
    assertThat(netfilter.asked).isEmpty();
    onLoop(() -> six.expect(2, new PassiveReply(Optional.empty(), 40000), true, NOBODY));
    assertThat(netfilter.asked).hasSize(1);
  }

  @Test
  void itStaysCapturedUntilTheSessionHasEndedAndAMinuteMore() throws Exception {
    announce(40000);
    opened(40000);

    assertThat(onLoop(ports::stop)).isTrue();
    assertThat(netfilter.givenUp).isEmpty();
    onLoop(
        () -> {
          ports.close();
          ports.close();
          return "";
        });

    assertThat(expected.closed).isTrue();
    assertThat(netfilter.givenUp).containsExactly("OptionalInt[40000] in 60");
  }

  @Test
  void whereNothingIsHeldItIsGivenUpWithTheWay() throws Exception {
    expected.holds = false;
    announce(40000);
    opened(40000);

    assertThat(onLoop(ports::stop)).isFalse();

    assertThat(netfilter.givenUp).containsExactly("OptionalInt[40000] in 60");
  }

  @Test
  void whatIsCapturedTooLateIsGivenUp() throws Exception {
    announce(40000);
    onLoop(
        () -> {
          ports.close();
          return "";
        });

    opened(40000);

    assertThat(netfilter.givenUp).containsExactly("OptionalInt[40000] in 60");
  }

  @Test
  void aSessionHasABoundedNumberOfThem() throws Exception {
    for (int port = 40000; port < 40000 + SessionPorts.MAX + 2; port++) {
      announce(port);
      opened(port);
    }

    assertThat(netfilter.givenUp)
        .containsExactly("OptionalInt[40000] in 60", "OptionalInt[40001] in 60");
  }

  @Test
  void aSessionThatCannotBeReadHasItsServersPortsAll() throws Exception {
    Future<?> ready = onLoop(ports::expectAnyPort);
    assertThat(expected.any).isTrue();
    assertThat(ready.isDone()).isFalse();

    opened(0);

    assertThat(ready.isSuccess()).isTrue();
  }
}
