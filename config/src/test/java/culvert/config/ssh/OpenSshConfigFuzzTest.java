package culvert.config.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs the inputs in the resources; with {@code JAZZER_FUZZ=1}, looks for more. */
class OpenSshConfigFuzzTest {

  /** No bytes crash it; what it takes without a word has an answer for every host. */
  @FuzzTest(maxDuration = "30s")
  void anyBytesAreReadOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("culvert-fuzz", ".conf");
    try {
      Files.write(file, input);
      RecordedReport report = new RecordedReport();
      OpenSshConfig config = OpenSshConfig.read(file, Agreement.SURROUNDINGS, report);

      assertThat(report.errors).allMatch(error -> error.matches("(?s)[^:]+:[0-9]+:[0-9]+: .+"));
      OpenSshHost host = config.lookup("../a", Optional.of("../b"));
      host.proxyJump();
      host.ciphers();
      host.rekeyLimit();
      host.connectTimeout();
      assertThat(host.port().orElse(22)).isBetween(1, 65535);
      assertThat(host.userKnownHostsFiles().stream().flatMap(List::stream))
          .allMatch(Path::isAbsolute);
      assertThat(config.lookup("a").user().orElse("x")).isNotEmpty();
    } finally {
      Files.delete(file);
    }
  }
}
