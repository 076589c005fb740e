package culvert.proxy.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.proxy.event.EndReason;
import culvert.ssh.NettyTransport;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class RelayTest {
  static final long HIGH = 256 << 10;
  private static final long PLENTY = 64 << 20;

  record Way(NettyTransport transport, RelayFixture.On on) {
    RelayFixture open() throws Exception {
      return new RelayFixture(transport, on, HIGH, PLENTY);
    }

    @Override
    public String toString() {
      return transport + ", " + on;
    }
  }

  static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (NettyTransport transport : NettyTransport.values()) {
      if (transport == NettyTransport.NIO || Epoll.isAvailable()) {
        for (RelayFixture.On on : RelayFixture.On.values()) {
          ways.add(new Way(transport, on));
        }
      }
    }
    return ways;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void bytesArriveUnchangedInBothDirectionsAtOnce(Way way) throws Exception {
    byte[] up = random(5 << 20, 1);
    byte[] down = random(7 << 20, 2);
    try (RelayFixture pair = way.open()) {
      pair.start();
      CompletableFuture<Void> uploading = sendAll(pair.client, up);
      CompletableFuture<Void> downloading = sendAll(pair.server, down);
      CompletableFuture<byte[]> atServer = readAll(pair.server);

      assertThat(pair.client.getInputStream().readAllBytes()).isEqualTo(down);
      assertThat(atServer.get(20, SECONDS)).isEqualTo(up);
      uploading.get(60, SECONDS);
      downloading.get(60, SECONDS);
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
      assertThat(pair.fromClient).hasValue(up.length);
      assertThat(pair.toClient).hasValue(down.length);
      await().until(() -> pair.budget.inFlight() == 0);
      await().until(() -> !pair.clientChannel.isOpen() && !pair.upstreamChannel.isOpen());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void theServerMayAnswerAfterTheClientsEnd(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.client, "question");
      pair.client.shutdownOutput();
      assertThat(text(pair.server.getInputStream())).isEqualTo("question");

      send(pair.server, "answer");
      pair.server.close();
      assertThat(text(pair.client.getInputStream())).isEqualTo("answer");
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void theClientMaySendOnAfterTheServersEnd(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.server, "greeting");
      pair.server.shutdownOutput();
      assertThat(text(pair.client.getInputStream())).isEqualTo("greeting");

      send(pair.client, "late");
      pair.client.close();
      assertThat(text(pair.server.getInputStream())).isEqualTo("late");
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  /** As the system does with the sockets of a process that is killed. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void whatIsClosedInTheMiddleWithoutAWordIsReset(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.server, "part of a file");
      assertThat(pair.client.getInputStream().readNBytes(14)).hasSize(14);
      send(pair.client, "part of another");
      assertThat(pair.server.getInputStream().readNBytes(15)).hasSize(15);
      pair.closeSockets();

      assertIsReset(pair.client);
      assertIsReset(pair.server);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void whatIsClosedWithoutAWordAfterTheEndOfOneDirectionIsAnEndForThatOne(Way way)
      throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.server, "a whole file");
      pair.server.shutdownOutput();
      assertThat(text(pair.client.getInputStream())).isEqualTo("a whole file");
      pair.closeSockets();

      assertThat(pair.client.getInputStream().read()).isEqualTo(-1);
      assertIsReset(pair.server);
    }
  }

  private static void assertIsReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aClientThatBreaksOffResetsTheServer(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.client, "part of a file");
      assertThat(pair.server.getInputStream().readNBytes(14)).hasSize(14);
      reset(pair.client);

      assertThatThrownBy(() -> pair.server.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThat(pair.end()).isEqualTo(EndReason.CLIENT_ABORTED);
      await().until(() -> pair.budget.inFlight() == 0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aServerThatBreaksOffResetsTheClient(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.server, "part of a file");
      assertThat(pair.client.getInputStream().readNBytes(14)).hasSize(14);
      reset(pair.server);

      assertThatThrownBy(() -> pair.client.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThat(pair.end()).isEqualTo(EndReason.UPSTREAM_ABORTED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aServerThatBreaksOffAfterTheClientsEndStillResetsTheClient(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      pair.client.shutdownOutput();
      assertThat(pair.server.getInputStream().read()).isEqualTo(-1);
      send(pair.server, "part of a file");
      assertThat(pair.client.getInputStream().readNBytes(14)).hasSize(14);
      reset(pair.server);

      assertThatThrownBy(() -> pair.client.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThat(pair.end()).isEqualTo(EndReason.UPSTREAM_ABORTED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aReaderThatStopsStopsTheWriterAndLosesNothing(Way way) throws Exception {
    byte[] file = random(48 << 20, 3);
    try (RelayFixture pair = way.open()) {
      pair.start();
      CompletableFuture<Void> uploading = sendAll(pair.client, file);
      // Kernel buffers take some megabytes; then nothing moves any more.
      Still still = new Still(() -> pair.budget.inFlight() + pair.fromClient.get());
      await()
          .pollInterval(Duration.ofMillis(200))
          .until(() -> still.isStill() && pair.budget.inFlight() > 0);
      assertThat(uploading).isNotDone();
      assertThat(pair.budget.inFlight()).isBetween(1L, HIGH + (2 << 20));

      assertThat(readAll(pair.server).get(20, SECONDS)).isEqualTo(file);
      pair.server.close();
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
      await().until(() -> pair.budget.inFlight() == 0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void anExceededBudgetSlowsButDoesNotStop(Way way) throws Exception {
    byte[] file = random(4 << 20, 4);
    try (RelayFixture pair = new RelayFixture(way.transport(), way.on(), HIGH, 1)) {
      pair.start();
      CompletableFuture<Void> downloading = sendAll(pair.server, file);
      assertThat(pair.client.getInputStream().readAllBytes()).isEqualTo(file);
      downloading.get(60, SECONDS);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void whatCameBeforeTheRelayIsNotLost(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      send(pair.server, "421 Too many connections.\r\n");
      pair.server.shutdownOutput();
      send(pair.client, "QUIT\r\n");
      pair.client.shutdownOutput();
      pair.start();

      assertThat(text(pair.client.getInputStream())).isEqualTo("421 Too many connections.\r\n");
      assertThat(text(pair.server.getInputStream())).isEqualTo("QUIT\r\n");
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void anUpstreamThatEndedInOrderAndClosedBeforeTheRelayIsAnEmptyFile(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.server.shutdownOutput();
      pair.upstreamChannel.read();
      await().until(() -> EarlyReads.inputEnded(pair.upstreamChannel));
      pair.upstreamChannel.close().sync();
      pair.start();

      assertThat(pair.client.getInputStream().read()).isEqualTo(-1);
      pair.client.close();
      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void whatTheClientSendsToAnUpstreamThatHasClosedBreaksItOff(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.server.shutdownOutput();
      pair.upstreamChannel.read();
      await().until(() -> EarlyReads.inputEnded(pair.upstreamChannel));
      pair.upstreamChannel.close().sync();
      send(pair.client, "part of a file");
      pair.start();

      assertThat(pair.end()).isEqualTo(EndReason.UPSTREAM_ABORTED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aChannelThatClosedBeforeTheRelayBreaksOffTheOther(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.upstreamChannel.close().sync();
      pair.start();
      assertThatThrownBy(() -> pair.client.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThat(pair.end()).isEqualTo(EndReason.UPSTREAM_ABORTED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void closingOneChannelFromOutsideBreaksOffTheOther(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.start();
      send(pair.client, "x");
      assertThat(pair.server.getInputStream().read()).isEqualTo('x');
      Closing.reset(pair.clientChannel);
      assertThatThrownBy(() -> pair.server.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> pair.client.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThat(pair.end()).isEqualTo(EndReason.CLIENT_ABORTED);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void lastWordsArriveAlthoughTheClientSentMoreThanWasRead(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      send(pair.client, "never read");
      pair.clientChannel.writeAndFlush(
          io.netty.buffer.Unpooled.copiedBuffer("421 bye\r\n", US_ASCII));
      Closing.finish(pair.clientChannel, Duration.ofSeconds(10));
      assertThat(text(pair.client.getInputStream())).isEqualTo("421 bye\r\n");
      pair.client.close();
      assertThat(pair.clientChannel.closeFuture().await(60, SECONDS)).isTrue();
    }
  }

  // The client's end, told before it is passed on

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void theClientsEndIsToldWhenAllIsWrittenAndBeforeTheServerCanHearOfIt(Way way) throws Exception {
    byte[] up = random(3 << 20, 1);
    try (RelayFixture pair = way.open()) {
      CompletableFuture<String> told = new CompletableFuture<>();
      pair.clientEnded =
          () -> {
            boolean passedOn = pair.upstreamChannel.isOutputShutdown();
            long unwritten =
                pair.upstreamChannel.unsafe().outboundBuffer().totalPendingWriteBytes();
            told.complete(passedOn + ", " + unwritten + " bytes unwritten");
          };
      pair.start();
      CompletableFuture<Void> uploading = sendAll(pair.client, up);
      assertThat(pair.server.getInputStream().readNBytes(up.length)).isEqualTo(up);
      assertThat(pair.server.getInputStream().read()).isEqualTo(-1);
      uploading.get(20, SECONDS);

      assertThat(told).isCompletedWithValue("false, 0 bytes unwritten");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void anEndBeforeTheRelayIsToldToo(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      CompletableFuture<Void> told = new CompletableFuture<>();
      pair.clientEnded = () -> told.complete(null);
      pair.client.shutdownOutput();
      pair.start();

      assertThat(pair.server.getInputStream().read()).isEqualTo(-1);
      assertThat(told).isDone();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void theServersEndIsNotTheClients(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      CompletableFuture<Void> told = new CompletableFuture<>();
      pair.clientEnded = () -> told.complete(null);
      pair.start();
      pair.server.shutdownOutput();
      assertThat(pair.client.getInputStream().read()).isEqualTo(-1);
      assertThat(told).isNotDone();

      reset(pair.client);
      assertThat(pair.end()).isEqualTo(EndReason.CLIENT_ABORTED);
      assertThat(told).isNotDone();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void ofAnUpstreamThatHasClosedNoClientsEndIsTold(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      CompletableFuture<Void> told = new CompletableFuture<>();
      pair.clientEnded = () -> told.complete(null);
      pair.server.shutdownOutput();
      pair.upstreamChannel.read();
      await().until(() -> EarlyReads.inputEnded(pair.upstreamChannel));
      pair.upstreamChannel.close().sync();
      pair.start();
      pair.client.shutdownOutput();

      assertThat(pair.end()).isEqualTo(EndReason.COMPLETED);
      assertThat(told).isNotDone();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aListenerThatFailsBreaksBothSidesOffAsADefect(Way way) throws Exception {
    try (RelayFixture pair = way.open()) {
      pair.clientEnded =
          () -> {
            throw new IllegalStateException("told for the test");
          };
      pair.start();
      send(pair.client, "x");
      assertThat(pair.server.getInputStream().read()).isEqualTo('x');
      pair.client.shutdownOutput();

      assertThat(pair.end()).isEqualTo(EndReason.INTERNAL_ERROR);
      assertThatThrownBy(() -> pair.server.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> pair.client.getInputStream().read())
          .isInstanceOf(SocketException.class);
    }
  }

  /** Looks whether a number still changes. */
  static final class Still {
    private final LongSupplier value;
    private long last = -1;
    private int same;

    Still(LongSupplier value) {
      this.value = value;
    }

    boolean isStill() {
      long now = value.getAsLong();
      same = now == last ? same + 1 : 0;
      last = now;
      return same >= 3;
    }
  }

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), US_ASCII);
  }

  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  static CompletableFuture<Void> sendAll(Socket socket, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        task -> new Thread(task, "sender").start());
  }

  private static CompletableFuture<byte[]> readAll(Socket socket) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return socket.getInputStream().readAllBytes();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        task -> new Thread(task, "reader").start());
  }
}
