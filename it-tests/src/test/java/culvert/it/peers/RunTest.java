package culvert.it.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

  @Test
  void aServerIsNotStoppedByWhatItPrints(@TempDir Path directory) throws Exception {
    Path output = directory.resolve("output");
    Process server = Run.serve(List.of("head", "-c", "1000000", "/dev/zero"), output);
    assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.size(output)).isEqualTo(1_000_000);
  }
}
