package culvert.proxy.pin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PinListTest {
  private static final Instant NOW = Instant.parse("2026-11-28T18:52:07.123Z");

  @Test
  void aPinIsALineWithDestinationDateAndServer() {
    PinList list = read("").with(List.of(pin("Ftp.Example.COM.", 21)));

    assertThat(list.pins())
        .containsExactly("ftp.example.com:21 2026-11-28T18:52:07Z ssh.example:22");
    assertThat(text(list)).startsWith("# ").endsWith("07Z ssh.example:22\n");
    PinList again = read(text(list));
    assertThat(again.contains(PinnedDestination.of("FTP.example.com", 21))).isTrue();
    assertThat(again.contains(PinnedDestination.of("FTP.example.com", 2121))).isFalse();
    assertThat(again.contains(PinnedDestination.of("ftp.example.org", 21))).isFalse();
    assertThat(again.problems()).isEmpty();
  }

  @Test
  void whatIsPinnedKeepsItsFirstDate() {
    String line = "a:21 2020-01-01T00:00:00Z gate:22\n";

    assertThat(text(read(line).with(List.of(pin("a", 21))))).isEqualTo(line);
  }

  @Test
  void commentsEmptyLinesAndUnreadableOnesAreKeptByteForByte() {
    String others = "# mine\n\n\u00e4\u00ff garbage \u0080\nb:21\n";
    PinList list = read(others).with(List.of(pin("a", 21)));

    assertThat(text(list)).startsWith(others);
    assertThat(text(list.without(List.of(PinnedDestination.of("a", 21))))).isEqualTo(others);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"garbage", "a:0 2020-01-01T00:00:00Z x", "a..b:21 2020-01-01T00:00:00Z"})
  void aLineWhoseDestinationNobodyCanReadMayBeAny(String line) {
    PinList list = read("# c\n" + line + "\n");

    assertThat(list.unreadable())
        .singleElement()
        .asString()
        .isEqualTo(
            "/state/pins:2: '"
                + line
                + "' (expected: HOST:PORT DATE SSH-SERVER [RULE], or RULE DATE SSH-SERVER,"
                + " where RULE is rule=NAME,target=HOST:PORT; or # a comment)");
    assertThat(list.pins()).isEmpty();
  }

  /** What is said of a line that is none. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "HOST:PORT DATE SSH-SERVER",
        "HOST:PORT DATE SSH-SERVER RULE",
        "RULE DATE SSH-SERVER",
        "# a comment"
      })
  void whatIsExpectedIsRead(String form) {
    String line =
        form.replace("RULE", "rule=NAME,target=HOST:PORT")
            .replace("NAME", "all+jobs%2C+old")
            .replace("HOST:PORT", "ftp.example:21")
            .replace("DATE", "2020-01-01T00:00:00Z")
            .replace("SSH-SERVER", "gate:22");
    PinList list = read(line);

    assertThat(list.problems()).isEmpty();
    assertThat(list.pins()).hasSize(line.startsWith("#") ? 0 : 1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "rule=partners 2020-01-01T00:00:00Z gate:22",
        "rule=partners,target=ftp 2020-01-01T00:00:00Z gate:22",
        "rule=partners,target=ftp:21",
        "a:21 2020-01-01T00:00:00Z gate:22 partners",
        "a:21 2020-01-01T00:00:00Z gate:22 b:21"
      })
  void ofALineWithARuleThatIsNoneItIsSaidHowARuleStands(String line) {
    assertThat(read(line).problems())
        .singleElement()
        .asString()
        .startsWith("/state/pins:1: '" + line + "' (expected: ")
        .contains(" where RULE is rule=NAME,target=HOST:PORT;");
  }

  @Test
  void theHeaderKnowsWhatStandsBelowIt() {
    PinnedRule rule = PinnedRule.parse("rule=partners,target=ftp.internal:21");
    PinList list =
        read("")
            .with(List.of(new Pin(rule, NOW, "gate:22", Optional.empty()), pin("a.example", 21)));

    assertThat(text(list))
        .isEqualTo(
            """
            # Destinations that Culvert has tunnelled, since when, and through which SSH server; perhaps
            # with the rule under which clients may invent them, and for many of those the rule alone.
            # While one stands here it is not connected in plaintext because its SSH server cannot be
            # reached. To take it out: culvert unpin HOST[:PORT], or rule=NAME,target=HOST:PORT
            rule=partners,target=ftp.internal:21 2026-11-28T18:52:07Z gate:22
            a.example:21 2026-11-28T18:52:07Z ssh.example:22
            """);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"localhost:24", "localhost:24\n", "localhost:24 ", "a:21\n"})
  void aLineThatEndsWithItsFirstWordMayHaveBeenAnotherWord(String text) {
    PinList list = read("# c\n" + text);

    assertThat(list.unreadable()).singleElement().asString().startsWith("/state/pins:2: '");
    assertThat(list.pins()).containsExactly(text.strip());
  }

  @Test
  void aByteOrderMarkHidesNoPin() {
    String file = "\u00ef\u00bb\u00bfa:21 2020-01-01T00:00:00Z gate:22\n";
    PinList list = read(file);

    assertThat(list.contains(PinnedDestination.of("a", 21))).isTrue();
    assertThat(list.problems()).isEmpty();
    assertThat(list.pins()).containsExactly("a:21 2020-01-01T00:00:00Z gate:22");
    assertThat(text(list)).isEqualTo(file);
    assertThat(read("\u00ef\u00bb\u00bf# c\n").problems()).isEmpty();
  }

  @ParameterizedTest(name = "<{0}>")
  @ValueSource(strings = {"\u00c2\u00a0", "\u00e2\u0080\u008b", "\u0000", "\u007f", "m\u00fc"})
  void aNameWithOtherCharactersThanAsciiIsNobodys(String before) {
    PinList list = read(before + "a:21 2020-01-01T00:00:00Z gate:22\n");

    assertThat(list.unreadable()).hasSize(1);
    assertThat(list.pins()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"a:21 yesterday", "a:21 2020-01-01T00:00:00Z gate:22 and more"})
  void aLineThatIsBrokenElsewhereStillPins(String line) {
    PinList list = read(line);

    assertThat(list.contains(PinnedDestination.of("a", 21))).isTrue();
    assertThat(list.unreadable()).isEmpty();
    assertThat(list.problems()).singleElement().asString().startsWith("/state/pins:1: '" + line);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "Ftp.Example., ftp.example:21",
    "ftp.example:2121, ftp.example:2121",
    "192.0.2.7, 192.0.2.7:21",
    "2001:DB8:0:0:0:0:0:1, [2001:db8::1]:21",
    "[2001:db8::1], [2001:db8::1]:21",
    "[2001:db8::0001]:2121, [2001:db8::1]:2121",
    "::ffff:192.0.2.7, 192.0.2.7:21"
  })
  void destinationsHaveOneSpelling(String text, String spelling) {
    assertThat(PinnedDestination.parse(text)).hasToString(spelling);
    assertThat(PinnedDestination.parse(PinnedDestination.parse(text).argument()))
        .isEqualTo(PinnedDestination.parse(text));
  }

  @ParameterizedTest(name = "<{0}>")
  @ValueSource(strings = {"", "a:0", "a:65536", "a b", "a:x", "0.0.0.0"})
  void whatIsNoDestinationIsRefused(String text) {
    assertThatThrownBy(() -> PinnedDestination.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  private static Pin pin(String host, int port) {
    return new Pin(PinnedDestination.of(host, port), NOW, "ssh.example:22", Optional.empty());
  }

  private static PinList read(String text) {
    return PinList.of(Path.of("/state/pins"), text.getBytes(ISO_8859_1));
  }

  private static String text(PinList list) {
    return new String(list.content(), ISO_8859_1);
  }
}
