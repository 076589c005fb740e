package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WindowBudgetTest {
  private static final long MIB = 1 << 20;

  private final WindowBudget budget = new WindowBudget(2 * MIB, 5 * MIB);

  @Test
  void channelsBeyondTheBudgetGetASmallWindow() {
    WindowBudget.Share first = budget.reserve();
    assertThat(first.bytes()).isEqualTo(2 * MIB);
    assertThat(budget.reserve().bytes()).isEqualTo(2 * MIB);
    assertThat(budget.reserve().bytes()).isEqualTo(128 * 1024);
    first.release();
    assertThat(budget.reserve().bytes()).isEqualTo(2 * MIB);
  }

  @Test
  void aSmallWindowStaysAsSmallAsItIs() {
    WindowBudget small = new WindowBudget(64 * 1024, 0);
    WindowBudget.Share share = small.reserve();
    assertThat(share.bytes()).isEqualTo(64 * 1024);
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
    assertThat(budget.reservedBytes()).isEqualTo(2 * MIB);
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
