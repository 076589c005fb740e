package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WindowBudgetTest {
  private static final long MIB = 1 << 20;

  private static final long KIB = 1 << 10;

  private final WindowBudget budget = new WindowBudget(8 * MIB, 16 * MIB);

  @Test
  void idleChannelsLeaveHalfOfTheBudget() {
    for (int i = 0; i < 16; i++) {
      assertThat(budget.reserve().startBytes()).isEqualTo(512 * KIB);
    }
    WindowBudget.Share small = budget.reserve();
    assertThat(small.startBytes()).isEqualTo(128 * KIB);
    assertThat(small.grow(2 * MIB)).isTrue();
    assertThat(budget.reservedBytes()).isEqualTo(10 * MIB);
  }

  @Test
  void fiveHundredIdleChannelsLeaveRoomInTheBudgetThatIsTheDefault() {
    WindowBudget whole = new WindowBudget(32 * MIB, 256 * MIB);
    for (int i = 0; i < 499; i++) {
      whole.reserve();
    }
    assertThat(whole.reservedBytes()).isLessThan(160 * MIB);
    WindowBudget.Share busy = whole.reserve();
    assertThat(busy.grow(2 * MIB)).isTrue();
    assertThat(busy.grow(32 * MIB)).isTrue();
  }

  @Test
  void largeWindowsLeaveAQuarterToOrdinaryOnes() {
    WindowBudget.Share large = budget.reserve();
    assertThat(large.grow(8 * MIB)).isTrue();
    WindowBudget.Share second = budget.reserve();
    assertThat(second.grow(4 * MIB + KIB)).isFalse();
    assertThat(second.grow(4 * MIB)).isTrue();
    assertThat(budget.reservedBytes()).isEqualTo(12 * MIB);
    WindowBudget.Share third = budget.reserve();
    assertThat(third.startBytes()).isEqualTo(128 * KIB);
    assertThat(third.grow(4 * MIB)).isFalse();
    assertThat(third.grow(2 * MIB)).isTrue();
    assertThat(budget.reserve().grow(2 * MIB)).isTrue();
    assertThat(budget.reserve().grow(2 * MIB)).isFalse();
    assertThat(budget.reservedBytes()).isEqualTo(16 * MIB + 128 * KIB);
  }

  @Test
  void whatIsGivenBackIsForOthers() {
    WindowBudget.Share large = budget.reserve();
    assertThat(large.grow(8 * MIB)).isTrue();
    WindowBudget.Share other = budget.reserve();
    assertThat(other.grow(8 * MIB)).isFalse();
    large.release();
    assertThat(budget.reservedBytes()).isEqualTo(128 * KIB);
    assertThat(other.grow(8 * MIB)).isTrue();
  }

  @Test
  void aShareThatWasGivenBackDoesNotGrow() {
    WindowBudget.Share share = budget.reserve();
    share.release();
    assertThat(share.grow(2 * MIB)).isFalse();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void aSmallWindowStaysAsSmallAsItIs() {
    WindowBudget small = new WindowBudget(64 * KIB, 0);
    WindowBudget.Share share = small.reserve();
    assertThat(share.startBytes()).isEqualTo(64 * KIB);
    assertThat(share.limitBytes()).isEqualTo(64 * KIB);
    share.leave();
    assertThat(small.reservedBytes()).isZero();
  }

  @Test
  void aShareIsGivenBackOnce() {
    WindowBudget.Share share = budget.reserve();
    budget.reserve();
    share.release();
    share.release();
    share.leave();
    assertThat(budget.reservedBytes()).isEqualTo(512 * KIB);
  }

  @Test
  void waitingEndsWithTheLastChannelOrWithThePatience() throws Exception {
    budget.awaitUnused(Duration.ofMinutes(1));
    WindowBudget.Share share = budget.reserve();
    share.release();
    budget.awaitUnused(Duration.ofMillis(1));
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              try {
                budget.awaitUnused(Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(waiting).isNotDone();
    share.leave();
    waiting.get(30, TimeUnit.SECONDS);
  }
}
