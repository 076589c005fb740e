package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that shows the whole grammar. */
class DesignExampleTest {
  @TempDir private Path directory;

  @Test
  void isRightAsAWhole() throws IOException {
    assertThat(Loading.problems(example())).isEmpty();
  }

  @Test
  void asItStandsItIsRefusedForTheReasonsThatThePageSays() throws IOException {
    Environment bare = Loading.environment(Map.of("SSH_AUTH_SOCK", "/run/agent"));

    assertThat(new ConfigLoader(bare).loadString(text(), "c.yaml").problems())
        .extracting(ConfigProblem::message)
        .containsExactlyInAnyOrder(
            "users: the environment variable SOCKS_PASSWORD is not set",
            "identity-passphrase: cannot read /etc/culvert/passphrase: no such file");
    assertThat(Files.readString(Schema.DOCS.resolve("CONFIGURATION.md")))
        .contains(
            "for two reasons: the environment variable `SOCKS_PASSWORD`",
            "`/etc/culvert/passphrase`");
  }

  private String example() throws IOException {
    Path passphrase = Files.writeString(directory.resolve("passphrase"), "canary-passphrase\n");
    return text().replace("/etc/culvert/passphrase", passphrase.toString());
  }

  static String text() throws IOException {
    try (InputStream in =
        DesignExampleTest.class.getResourceAsStream("/culvert/config/design-example.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
