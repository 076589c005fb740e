package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * An editor must not complain about what the loader takes. (The reverse cannot hold: no schema sees
 * bits behind a prefix.)
 */
class AgreementTest {
  private static final Path ALL_KEYS =
      Path.of("src/test/resources/culvert/config/corpus/good/defaults-written-out.yaml");
  private static final Pattern WORD =
      Pattern.compile("(?<=: |, |\\[)(?!\\{ |\\[[^\\]])(\\[\\]|[^,\\s\\]}]+)");
  private static final List<String> VALUES =
      List.of(
          "",
          "~",
          "null",
          "''",
          "[]",
          "{}",
          "true",
          "no",
          "0",
          "1",
          "21",
          "007",
          "1.5",
          "1e3",
          "'21'",
          "\"true\"",
          "5s",
          "0s",
          "05m",
          "64KiB",
          "1TiB",
          "21-22",
          "localhost:21",
          "'[::1]:21'",
          "127.0.0.1",
          "'::1'",
          "10.0.0.0/8",
          "0.0.0.0/0",
          "/a",
          "~/a",
          "/.*/",
          "'*'",
          "x",
          "mf?",
          "from-ftp",
          "from-socks",
          "password",
          "plain",
          "tunnel",
          "block",
          "ISO-8859-1",
          "'${env:SOCKS_PASSWORD}'",
          "'${env:SSH_AUTH_SOCK}'",
          "[x]",
          "[1, 2]",
          "{ a: b }",
          "http://p:1",
          "+aes128-ctr",
          "defaults",
          "socks",
          "2001-01-01",
          "'a b'",
          "Ü");
  private static final Schema SCHEMA = new Schema();

  @Test
  void theSchemaTakesWhatTheLoaderTakes() throws IOException {
    String yaml = Files.readString(ALL_KEYS);
    List<MatchResult> words = WORD.matcher(yaml).results().toList();
    List<String> disagreements = new ArrayList<>();
    int taken = 0;
    for (MatchResult word : words) {
      for (String value : VALUES) {
        String edited = yaml.substring(0, word.start()) + value + yaml.substring(word.end());
        if (loaderTakes(edited)) {
          taken++;
          SCHEMA
              .validate(edited)
              .forEach(fault -> disagreements.add(word.group() + " -> " + value + ": " + fault));
        }
      }
    }

    assertThat(disagreements).isEmpty();
    assertThat(words).hasSizeGreaterThan(60);
    assertThat(taken).isGreaterThan(400);
  }

  private static boolean loaderTakes(String yaml) {
    return Loading.errors(yaml).isEmpty();
  }
}
