package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class KnownHostsPropertyTest {
  private static final Path FILE = Path.of("known_hosts");

  @Property(tries = 2000)
  void patternsMatchAsTheSameRegularExpressionDoes(
      @ForAll @Chars({'a', 'b', '.', '*', '?', '['}) @StringLength(min = 1, max = 8) String pattern,
      @ForAll @Chars({'a', 'b', '.', '['}) @StringLength(max = 10) String name) {
    String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");

    assertThat(HostNames.parse(pattern).matches(name)).isEqualTo(Pattern.matches(regex, name));
  }

  @Property(tries = 500)
  void noContentMakesReadingFailAndAGoodLineBehindItCounts(@ForAll byte[] garbage) {
    byte[] line = ("\nftp.example " + Keys.text("ed25519")).getBytes(StandardCharsets.UTF_8);
    byte[] content = Arrays.copyOf(garbage, garbage.length + line.length);
    System.arraycopy(line, 0, content, garbage.length, line.length);

    assertThat(KnownHosts.of(new KnownHostsText(FILE, content)).lookup("ftp.example", 22).keys())
        .extracting(KnownKey::key)
        .contains(Keys.ED25519);
  }

  /** The index finds what a search from line to line finds. */
  @Property(tries = 1000)
  void aNameIsFoundInEveryLineThatIsAboutIt(
      @ForAll @Size(max = 12)
          List<@Chars({'a', 'b', ',', '*', '?', '!', 'A'}) @StringLength(min = 1, max = 6) String>
              fields,
      @ForAll @Chars({'a', 'b'}) @StringLength(min = 1, max = 3) String name) {
    StringBuilder content = new StringBuilder();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      content.append(fields.get(i)).append(' ').append(Keys.text("ed25519")).append('\n');
      if (HostNames.parse(fields.get(i)).matches(name)) {
        expected.add(i + 1);
      }
    }
    KnownHostsText text =
        new KnownHostsText(FILE, content.toString().getBytes(StandardCharsets.UTF_8));

    for (int time = 0; time < 2; time++) {
      assertThat(text.about(name))
          .extracting(line -> line.known().line())
          .containsExactlyElementsOf(expected);
    }
  }

  @Property(tries = 500)
  void noLineMakesReadingFail(
      @ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 40) String names,
      @ForAll @CharRange(from = '+', to = 'z') @StringLength(max = 80) String key) {
    for (String type : new String[] {"ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"}) {
      byte[] line = (names + " " + type + " " + key).getBytes(StandardCharsets.UTF_8);
      assertThat(
              KnownHosts.of(new KnownHostsText(FILE, line))
                  .lookup(names.toLowerCase(Locale.ROOT), 22))
          .isNotNull();
    }
  }
}
