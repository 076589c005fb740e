package culvert.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatheringFlushTest {
  private static final int PACKET = 32 * 1024;
  private static final long PATIENCE = GatheringFlush.PATIENCE.toNanos();

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final GatheringFlush output = new GatheringFlush(channel);

  @BeforeEach
  void stopTheClock() {
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void pass(long nanos) {
    channel.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  private void write(int bytes) {
    channel.write(Unpooled.wrappedBuffer(new byte[bytes]));
    output.written(bytes);
  }

  /** How many bytes have left since it was last asked. */
  private int left() {
    int bytes = 0;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      bytes += out.readableBytes();
      out.release();
    }
    return bytes;
  }

  private void bulk() {
    write(PACKET);
    assertThat(left()).isEqualTo(PACKET);
  }

  @Test
  void firstWriteLeavesAtOnce() {
    write(PACKET);
    assertThat(left()).isEqualTo(PACKET);
  }

  @Test
  void bulkThatComesFastIsGatheredUntilItIsEnough() {
    bulk();
    int packets = GatheringFlush.ENOUGH_BYTES / PACKET;
    for (int i = 1; i < packets; i++) {
      write(PACKET);
    }
    assertThat(left()).isZero();
    write(PACKET);
    assertThat(left()).isEqualTo(GatheringFlush.ENOUGH_BYTES);
  }

  @Test
  void whatIsGatheredWaitsForItsPatienceAtMost() {
    bulk();
    write(2 * PACKET);
    pass(PATIENCE - 1);
    assertThat(left()).isZero();
    pass(1);
    assertThat(left()).isEqualTo(2 * PACKET);
  }

  @Test
  void patienceCountsFromTheFirstThatWaits() {
    bulk();
    write(PACKET);
    pass(PATIENCE / 2);
    write(GatheringFlush.ENOUGH_BYTES);
    left();
    write(2 * PACKET);
    pass(PATIENCE / 2); // that was for what has left
    assertThat(left()).isZero();
    pass(PATIENCE / 2);
    assertThat(left()).isEqualTo(2 * PACKET);
  }

  @Test
  void littleLeavesAtOnceAndTakesAlongWhatWaits() {
    bulk();
    write(PACKET);
    write(100);
    assertThat(left()).isEqualTo(PACKET + 100);
  }

  @Test
  void whatComesSlowlyLeavesAsItComes() {
    for (int i = 0; i < 5; i++) {
      bulk();
      pass(PATIENCE + 1);
    }
  }

  @Test
  void senderWhoWaitsForAnAnswerIsLeftAlone() {
    bulk();
    write(PACKET);
    pass(PATIENCE);
    assertThat(left()).isEqualTo(PACKET); // that was all
    for (int i = 0; i < GatheringFlush.WRITES_UNGATHERED; i++) {
      write(PACKET);
      assertThat(left()).as("write %d", i).isEqualTo(PACKET);
    }
    write(PACKET);
    assertThat(left()).isZero();
  }

  @Test
  void atTheEndNothingWaits() {
    bulk();
    write(PACKET);
    output.flush();
    assertThat(left()).isEqualTo(PACKET);
    pass(PATIENCE);
    write(PACKET);
    assertThat(left()).as("what comes next is not held by what has left").isZero();
  }
}
