package culvert.it.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.SshException;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a relay relies on, whichever way its upstream channel leads. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ChannelContract {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;

  private final Recorder recorder = new Recorder();
  private Way way;
  private Way.Pair pair;
  private DuplexChannel channel;
  private Socket peer;

  abstract Way newWay() throws Exception;

  /** How much is sent: less where every 64 KiB cost a key exchange. */
  int mebibytes(int wanted) {
    return wanted * MIB;
  }

  /** Whether we may go on when the peer has said EOF. */
  boolean peerMayHalfClose() {
    return true;
  }

  @BeforeEach
  void open() throws Exception {
    way = newWay();
    pair = way.open(recorder);
    channel = pair.channel();
    peer = pair.peer();
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    channel.close();
    way.close();
  }

  @Test
  void bytesKeepTheirOrderInBothDirectionsAtOnce() throws Exception {
    byte[] there = random(mebibytes(6), 1);
    byte[] back = random(mebibytes(6), 2);
    CompletableFuture<byte[]> arrived = read(there.length);
    CompletableFuture<Void> sent = send(back);
    channel.config().setAutoRead(true);
    write(there);

    assertThat(arrived.get(60, TimeUnit.SECONDS)).isEqualTo(there);
    sent.get(60, TimeUnit.SECONDS);
    await().atMost(DEADLINE).until(() -> recorder.size() == back.length);
    assertThat(recorder.bytes()).isEqualTo(back);
  }

  @Test
  void nothingIsReadBeforeSomeoneAsks() throws Exception {
    send(new byte[] {1, 2, 3, 4, 5}).get(10, TimeUnit.SECONDS);
    // A round trip the other way, so that the early bytes have had every chance to arrive.
    byte[] probe = {1};
    CompletableFuture<byte[]> arrived = read(1);
    write(probe);
    assertThat(arrived.get(30, TimeUnit.SECONDS)).isEqualTo(probe);
    assertThat(recorder.size()).isZero();

    channel.read();
    await().atMost(DEADLINE).until(() -> recorder.size() == 5);
  }

  @Test
  void aReaderThatStopsStopsThePeer() throws Exception {
    byte[] much = random(mebibytes(48), 3);
    CompletableFuture<Void> sent = send(much);
    assertThat(sent)
        .as("bytes that nobody reads must not all be on the way")
        .satisfies(future -> assertThat(isStuck(future)).isTrue());

    channel.config().setAutoRead(true);
    sent.get(60, TimeUnit.SECONDS);
    await().atMost(DEADLINE).until(() -> recorder.size() == much.length);
    assertThat(Arrays.equals(recorder.bytes(), much)).isTrue();
  }

  private static boolean isStuck(CompletableFuture<Void> future) {
    try {
      future.get(2, TimeUnit.SECONDS);
      return false;
    } catch (java.util.concurrent.TimeoutException stuck) {
      return true;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPeerThatStopsReadingMakesTheChannelUnwritable() throws Exception {
    byte[] chunk = random(256 * 1024, 4);
    int chunks = 0;
    ChannelFuture last = channel.newSucceededFuture();
    while (chunks < 256 && (channel.isWritable() || last.await(500))) {
      last = channel.writeAndFlush(Unpooled.wrappedBuffer(chunk));
      chunks++;
    }
    assertThat(channel.isWritable()).isFalse();
    assertThat(chunks).isLessThan(256);

    byte[] arrived = read(chunks * chunk.length).get(60, TimeUnit.SECONDS);
    for (int i = 0; i < chunks; i++) {
      assertThat(
              Arrays.equals(
                  arrived, i * chunk.length, (i + 1) * chunk.length, chunk, 0, chunk.length))
          .isTrue();
    }
    assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
    await().atMost(DEADLINE).until(channel::isWritable);
  }

  @Test
  void ourHalfCloseFollowsOurLastByteAndThePeerMayGoOn() throws Exception {
    byte[] question = random(mebibytes(3), 5);
    CompletableFuture<byte[]> arrived =
        CompletableFuture.supplyAsync(() -> unchecked(() -> peer.getInputStream().readAllBytes()));
    write(question);
    channel.shutdownOutput();
    assertThat(arrived.get(60, TimeUnit.SECONDS)).isEqualTo(question);

    byte[] answer = random(mebibytes(2), 6);
    channel.config().setAutoRead(true);
    send(answer).get(60, TimeUnit.SECONDS);
    peer.shutdownOutput();
    await().atMost(DEADLINE).until(recorder::eof);
    assertThat(recorder.bytes()).isEqualTo(answer);
    assertThat(recorder.failure()).isNull();
    await().atMost(DEADLINE).until(channel::isOutputShutdown);
  }

  @Test
  void thePeersHalfCloseFollowsItsLastByteAndWeMayGoOn() throws Exception {
    byte[] answer = random(mebibytes(3), 7);
    CompletableFuture<Void> sent = send(answer);
    channel.config().setAutoRead(true);
    sent.get(60, TimeUnit.SECONDS);
    peer.shutdownOutput();
    await().atMost(DEADLINE).until(recorder::eof);
    assertThat(recorder.bytes()).isEqualTo(answer);
    assertThat(recorder.failure()).isNull();
    if (!peerMayHalfClose()) {
      await().atMost(DEADLINE).until(recorder::inactive);
      return;
    }
    assertThat(recorder.inactive()).isFalse();

    byte[] late = random(MIB, 8);
    CompletableFuture<byte[]> arrived =
        CompletableFuture.supplyAsync(() -> unchecked(() -> peer.getInputStream().readAllBytes()));
    write(late);
    channel.shutdownOutput();
    assertThat(arrived.get(60, TimeUnit.SECONDS)).isEqualTo(late);
    channel.close();
    await().atMost(DEADLINE).until(recorder::inactive);
    assertThat(recorder.failure()).isNull();
  }

  @Test
  void eofWaitsBehindBytesThatNobodyHasReadYet() throws Exception {
    byte[] last = random(MIB, 9);
    send(last).get(30, TimeUnit.SECONDS);
    peer.shutdownOutput();
    if (peerMayHalfClose()) {
      byte[] probe = {1};
      CompletableFuture<byte[]> arrived = read(1);
      write(probe);
      assertThat(arrived.get(30, TimeUnit.SECONDS)).isEqualTo(probe);
    }
    assertThat(recorder.eof()).isFalse();

    channel.config().setAutoRead(true);
    await().atMost(DEADLINE).until(recorder::eof);
    assertThat(recorder.bytes()).isEqualTo(last);
  }

  @Test
  void closingBeforeThePeersEofEndsThePeersConnection() throws Exception {
    write(random(1000, 10));
    channel.close();
    await().atMost(DEADLINE).until(recorder::inactive);
    peer.setSoTimeout(30_000);
    InputStream in = peer.getInputStream();
    try {
      in.readAllBytes();
    } catch (java.net.SocketTimeoutException stillOpen) {
      throw new AssertionError("the peer was never told", stillOpen);
    } catch (IOException reset) {
      // as it should be; sshd makes an orderly end of it
    }
  }

  @Test
  void aWayThatBreaksOffIsNoEof() throws Exception {
    channel.config().setAutoRead(true);
    byte[] fragment = random(MIB, 11);
    send(fragment).get(30, TimeUnit.SECONDS);
    await().atMost(DEADLINE).until(() -> recorder.size() == fragment.length);
    way.breakOff(pair);
    // The embedded server's threads may die of it, too: not of interest.
    await().dontCatchUncaughtExceptions().atMost(DEADLINE).until(recorder::inactive);
    assertThat(recorder.eof()).isFalse();
    assertThat(recorder.failure()).isInstanceOfAny(IOException.class, SshException.class);
    assertThat(channel.writeAndFlush(Unpooled.wrappedBuffer(fragment)).await(10_000)).isTrue();
  }

  private void write(byte[] bytes) {
    int offset = 0;
    Random sizes = new Random(bytes.length);
    while (offset < bytes.length) {
      int length = Math.min(1 + sizes.nextInt(100_000), bytes.length - offset);
      channel.write(Unpooled.wrappedBuffer(bytes, offset, length));
      offset += length;
    }
    channel.flush();
  }

  private CompletableFuture<Void> send(byte[] bytes) {
    return CompletableFuture.runAsync(
        () ->
            unchecked(
                () -> {
                  OutputStream out = peer.getOutputStream();
                  out.write(bytes);
                  out.flush();
                  return null;
                }));
  }

  private CompletableFuture<byte[]> read(int length) {
    return CompletableFuture.supplyAsync(
        () -> unchecked(() -> peer.getInputStream().readNBytes(length)));
  }

  private interface IoCall<T> {
    T call() throws IOException;
  }

  private static <T> T unchecked(IoCall<T> call) {
    try {
      return call.call();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
