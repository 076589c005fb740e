package culvert.proxy.relay;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.proxy.event.EndReason;
import culvert.proxy.relay.RelayTest.Way;
import io.netty.channel.ChannelOption;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Relays of which one direction has ended, and in the other of which somebody has to wait. */
@Timeout(60)
class HalfEndedRelayTest {
  /** More than the buffers of both sockets take. */
  private static final int MUCH = 48 << 20;

  /** Read at once, beyond the mark at which a direction pauses. */
  private static final long BATCH = 1 << 20;

  private static final int CHUNK = 64 << 10;

  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.proxy.relay.RelayTest#ways")
  void aSlowClientThatHasEndedItsHalfGetsTheWholeFile(Way way) throws Exception {
    byte[] file = RelayTest.random(MUCH, MUCH);
    try (RelayFixture pair = way.open()) {
      pair.start();
      pair.client.shutdownOutput();
      assertThat(pair.server.getInputStream().read()).isEqualTo(-1);
      CompletableFuture<Void> sending = RelayTest.sendAll(pair.server, file);
      awaitStandstill(pair);

      assertThat(pair.client.getInputStream().readAllBytes()).isEqualTo(file);
      sending.get(20, SECONDS);
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.proxy.relay.RelayTest#ways")
  void aSlowServerThatHasEndedItsHalfGetsTheWholeFile(Way way) throws Exception {
    byte[] file = RelayTest.random(MUCH, MUCH);
    try (RelayFixture pair = way.open()) {
      pair.start();
      pair.server.shutdownOutput();
      assertThat(pair.client.getInputStream().read()).isEqualTo(-1);
      CompletableFuture<Void> sending = RelayTest.sendAll(pair.client, file);
      awaitStandstill(pair);

      assertThat(pair.server.getInputStream().readAllBytes()).isEqualTo(file);
      sending.get(20, SECONDS);
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.proxy.relay.RelayTest#ways")
  void anEndWhileTheOtherDirectionWaitsCutsNothingShort(Way way) throws Exception {
    byte[] file = RelayTest.random(MUCH, MUCH);
    try (RelayFixture pair = way.open()) {
      pair.start();
      CompletableFuture<Void> sending = RelayTest.sendAll(pair.server, file);
      awaitStandstill(pair);
      pair.client.shutdownOutput();
      assertThat(pair.server.getInputStream().read()).isEqualTo(-1);

      assertThat(pair.client.getInputStream().readAllBytes()).isEqualTo(file);
      sending.get(20, SECONDS);
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  /** What it has sent last waits in the socket of the relay, and the end behind it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.proxy.relay.RelayTest#ways")
  void theEndOfAFastSenderBringsNoMoreThanTheReaderTakes(Way way) throws Exception {
    byte[] file = RelayTest.random(MUCH, MUCH);
    try (RelayFixture pair = way.open()) {
      pair.clientChannel.config().setOption(ChannelOption.SO_RCVBUF, 8 << 20);
      pair.start();
      CompletableFuture<Void> sending = RelayTest.sendAll(pair.client, file);
      awaitStandstill(pair);

      InputStream in = pair.server.getInputStream();
      long most = 0;
      for (byte[] some = in.readNBytes(CHUNK); some.length > 0; some = in.readNBytes(CHUNK)) {
        pair.clientChannel.eventLoop().submit(() -> {}).get(20, SECONDS);
        most = Math.max(most, pair.budget.inFlight());
      }
      assertThat(most).isLessThanOrEqualTo(RelayTest.HIGH + BATCH);
      sending.get(20, SECONDS);
      pair.server.close();
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.proxy.relay.RelayTest#ways")
  void aClientThatBreaksOffThenResetsTheServer(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      pair.client.shutdownOutput();
      assertThat(pair.server.getInputStream().read()).isEqualTo(-1);
      CompletableFuture<Void> sending =
          RelayTest.sendAll(pair.server, RelayTest.random(MUCH, MUCH));
      awaitStandstill(pair);
      RelayTest.reset(pair.client);

      assertThat(pair.end()).isEqualTo(EndReason.CLIENT_ABORTED);
      assertThatThrownBy(() -> sending.get(20, SECONDS))
          .hasRootCauseInstanceOf(SocketException.class);
    }
  }

  private static void awaitStandstill(RelayFixture pair) {
    LongSupplier moved = () -> pair.budget.inFlight() + pair.fromClient.get() + pair.toClient.get();
    RelayTest.Still still = new RelayTest.Still(moved);
    await()
        .pollInterval(Duration.ofMillis(200))
        .until(() -> still.isStill() && moved.getAsLong() > 0);
  }
}
