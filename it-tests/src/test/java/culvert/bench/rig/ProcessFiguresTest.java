package culvert.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessFiguresTest {
  @Test
  void cpuTimeIsFoundBehindAnyName() {
    String line = "42 (a) b (c) S 1 42 42 0 -1 4194560 9 8 7 6 250 50 20 5 20 0 33 0 1 2 3";
    assertThat(ProcessStat.parse(line)).isEqualTo(new ProcessStat(325));
    assertThat(ProcessStat.parse(line).cpu()).isEqualTo(Duration.ofMillis(3250));
  }

  @Test
  void memoryIsFoundByItsNames() {
    String status =
        "Name:\tjava\nVmHWM:\t 9 kB\nVmRSS:\t   2048 kB\nRssAnon:\t 1024 kB\nRssFile:\t 8 kB\n";
    assertThat(Memory.parse(status)).isEqualTo(new Memory(2048, 1024));
    assertThatThrownBy(() -> Memory.parse("Name:\tkthreadd\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("VmRSS");
  }

  @Test
  void theLiveHeapIsTheTotalOfTheHistogram() {
    String histogram =
        """
         num     #instances         #bytes  class name (module)
           1:         20000         480000  [B (java.base@17)
        Total        30000         720008
        """;
    assertThat(LiveHeap.parse(histogram)).isEqualTo(720_008);
  }

  @Test
  void thisProcessHasUsedBoth() throws Exception {
    if (Files.exists(Path.of("/proc/self/stat"))) {
      ProxyUnderTest self = new ProxyUnderTest("self", 1, ProcessHandle.current());
      assertThat(self.cpu()).isPositive();
      assertThat(self.memory().resident()).isGreaterThan(self.memory().anonymous() / 2);
    }
  }
}
