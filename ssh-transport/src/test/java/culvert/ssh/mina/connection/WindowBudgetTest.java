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
    assertThat(budget.reserve()).isEqualTo(2 * MIB);
    assertThat(budget.reserve()).isEqualTo(2 * MIB);
    assertThat(budget.reserve()).isEqualTo(128 * 1024);
    budget.release(2 * MIB);
    assertThat(budget.reserve()).isEqualTo(2 * MIB);
  }

  @Test
  void aSmallWindowStaysAsSmallAsItIs() {
    WindowBudget small = new WindowBudget(64 * 1024, 0);
    assertThat(small.reserve()).isEqualTo(64 * 1024);
    small.release(64 * 1024);
    assertThat(small.reservedBytes()).isZero();
  }

  @Test
  void waitingEndsWithTheLastChannelOrWithThePatience() throws Exception {
    budget.awaitUnused(Duration.ofMinutes(1));
    long window = budget.reserve();
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
    budget.release(window);
    waiting.get(30, TimeUnit.SECONDS);
  }
}
