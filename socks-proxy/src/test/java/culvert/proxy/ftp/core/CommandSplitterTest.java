package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandSplitterTest {
  private final CommandSplitter splitter = new CommandSplitter();

  private List<ClientInput> feed(String latin1) {
    return splitter.feed(latin1.getBytes(ISO_8859_1));
  }

  private static String line(ClientInput input) {
    return new String(((Command) input).bytes(), ISO_8859_1);
  }

  @Test
  void linesEndWithCrLfOrABareLf() {
    assertThat(feed("USER a\r\nPASS b\nQUIT\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("USER a\r\n", "PASS b\r\n", "QUIT\r\n");
  }

  @ParameterizedTest(name = "argument <{0}>")
  @ValueSource(
      strings = {"", " ", " two  spaces ", "-bob", "user@host", "host|user", "a\tb", "\u001b"})
  void theArgumentIsEverythingAfterExactlyOneSpace(String argument) {
    Command command = (Command) feed("uSer " + argument + "\r\n").get(0);

    assertThat(command.verb()).isEqualTo("USER");
    assertThat(command.argument()).isEqualTo(argument.getBytes(ISO_8859_1));
  }

  @Test
  void bytesBeyondAsciiAreUntouched() {
    byte[] name = "USER jürgen\r\n".getBytes(UTF_8);

    assertThat(((Command) splitter.feed(name).get(0)).bytes()).isEqualTo(name);
    assertThat(line(feed("USER j\u00fcrgen\r\n").get(0))).isEqualTo("USER j\u00fcrgen\r\n");
  }

  @Test
  void emptyLinesAreDropped() {
    assertThat(feed("\r\n\nNOOP\r\n\r\n\r\r\n\u00ff\u00f4\r\n")).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"PASV\r\r\n", "pasv\r\n", "PaSv\n", "pasv\r\r\r\r\n", "\u00ff\u00f1pasv\n"})
  void theServerGetsTheVerbInUpperCaseAndOneCrLf(String line) {
    assertThat(feed(line)).extracting(CommandSplitterTest::line).containsExactly("PASV\r\n");
  }

  @Test
  void whatIsBehindTheVerbStaysAsItCame() {
    assertThat(feed("stor  a b \r\nretr \r\nXmd5 a\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("STOR  a b \r\n", "RETR \r\n", "XMD5 a\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PASV\t",
        "PORT\t127,0,0,1,4,1",
        "STOR\tf",
        "PASV\u000b",
        "PASV\f x",
        "PA\u0001SV",
        "\u0001PASV",
        " PASV",
        "\tPASV",
        "\rPASV",
        "PASV\rx",
        "CWD a\rPASV",
        "STOR a\rb",
        "PASV \r ",
        "P@SW",
        "PASV-",
        "PA.SV",
        "1PASV",
        "PA\u00a0SV",
        "PASV\u00a0",
        "P\u00c4SV",
        "PA\u00ff\u00f4SV",
        "PASV\u00ff\u00f4",
        "\u00ff\u00ffPASV",
        "\u00ffPASV",
        "\u00f2ABOR",
        "(PASV)",
        "NINELETTE",
        "NINELETTE x"
      })
  void whatServersTakeForDifferentCommandsIsNone(String line) {
    ClientInput found = feed("NOOP\r\n" + line + "\r\nNOOP\r\n").get(1);

    assertThat(found)
        .isInstanceOfSatisfying(Command.class, c -> assertThat(c.malformed()).isTrue());
    assertThat(((Command) found).verb()).isEmpty();
    assertThatThrownBy(((Command) found)::bytes).hasMessageContaining("malformed");
    assertThat(feed("PASV\r\n")).extracting(CommandSplitterTest::line).containsExactly("PASV\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"XCUP", "XMKD a", "XPWD", "XRMD a", "MACB e", "CSID x", "XSHA256 a"})
  void verbsThatNobodyHereKnowsReachTheServer(String line) {
    assertThat(feed(line + "\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly(line + "\r\n");
  }

  @Test
  void aNulByteIsAViolationAndNothingIsParsedBehindIt() {
    assertThat(feed("NOOP\r\nUSER a\0b\r\nQUIT\r\n"))
        .hasSize(2)
        .last()
        .isEqualTo(ClientInput.Violation.NUL);
    assertThat(feed("QUIT\r\n")).isEmpty();
  }

  @Test
  void aLineOf8KibIsReadAndALongerOneIsAViolation() {
    assertThat(feed("X".repeat(CommandSplitter.MAX_LINE) + "\r\n").get(0))
        .isInstanceOf(Command.class);
    assertThat(feed("X".repeat(CommandSplitter.MAX_LINE + 1)))
        .containsExactly(ClientInput.Violation.TOO_LONG);
  }

  @Test
  void aTlsHandshakeIsNotFtp() {
    assertThat(feed("\u0016\u0003\u0001\u0002\0")).containsExactly(ClientInput.Violation.NOT_FTP);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nUSER a\r\n",
        "post /x HTTP/1.0\r\n",
        "PRI * HTTP/2.0\r\n",
        "GET / HTTP/1.1\r\r\n",
        "CONNECT h:1 HTTP/1.1\r\n"
      })
  void anHttpRequestIsNotFtp(String request) {
    assertThat(feed(request)).containsExactly(ClientInput.Violation.NOT_FTP);
  }

  @Test
  void anHttpWordAfterTheFirstLineIsJustAnUnknownCommand() {
    assertThat(feed("NOOP\r\nGET x\r\n")).hasSize(2).allMatch(Command.class::isInstance);
  }

  @Test
  void telnetSignalsBeforeAborAreDropped() {
    assertThat(feed("\u00ff\u00f4\u00ff\u00f2ABOR\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("ABOR\r\n");
  }

  @Test
  void telnetOptionsAreDroppedWithTheirOption() {
    assertThat(feed("\u00ff\u00fb\u0001\u00ff\u00fc\0\u00ff\u00fd\u0003\u00ff\u00fe\u0006NOOP\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("NOOP\r\n");
  }

  @Test
  void telnetSignalsSplitOverChunksAreDropped() {
    assertThat(feed("\u00ff")).isEmpty();
    assertThat(feed("\u00f4\u00ff")).isEmpty();
    assertThat(feed("\u00f2ABOR\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("ABOR\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "STOR \u00ff\u00f0\u00ec\u00e0.txt", // windows-1251 and KOI8-R
        "RETR \u00ff\u00ffx",
        "RETR \u00ffile",
        "PASS \u00ff\u00f4\u00ff\u00f2",
        "PASS \u00ff\u00fb\u0001x",
        "CWD a\u00ff",
        "CWD a\u00ff\u00fe",
        "RNTO \u00f2\u00ff\u00fa\u00ff\u00f0"
      })
  void bytesOfAnArgumentThatLookLikeTelnetAreUntouched(String line) {
    assertThat(feed(line + "\r\n\u00ff\u00f4ABOR\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly(line + "\r\n", "ABOR\r\n");
  }

  @Property(tries = 300)
  void chunkingChangesNothing(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 14) Integer> pieces,
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 7) Integer> cuts) {
    String[] vocabulary = {
      "USER a b\r\n",
      "PASS x\n",
      "\r\n",
      "\u00ff\u00f4",
      "\u00ff\u00f2",
      "\u00ff\u00fb\u0001",
      "\u00ff\u00ff",
      "ABOR\r\n",
      "x",
      "\r",
      " ",
      "é",
      "\t",
      "\n",
      "STOR \u00ff\u00f0"
    };
    StringBuilder text = new StringBuilder("N");
    pieces.forEach(p -> text.append(vocabulary[p]));
    byte[] bytes = text.append("\r\n").toString().getBytes(ISO_8859_1);

    List<String> whole = new ArrayList<>();
    new CommandSplitter().feed(bytes).forEach(c -> whole.add(described(c)));

    assertThat(chunked(bytes, cuts)).isEqualTo(whole);
  }

  private static List<String> chunked(byte[] bytes, List<Integer> cuts) {
    CommandSplitter splitter = new CommandSplitter();
    List<String> lines = new ArrayList<>();
    int at = 0;
    for (int i = 0; at < bytes.length; i++) {
      int length = Math.min(cuts.isEmpty() ? 1 : cuts.get(i % cuts.size()), bytes.length - at);
      byte[] chunk = new byte[length];
      System.arraycopy(bytes, at, chunk, 0, length);
      splitter.feed(chunk).forEach(c -> lines.add(described(c)));
      at += length;
    }
    return lines;
  }

  private static String described(ClientInput input) {
    return ((Command) input).malformed() ? input.toString() : line(input);
  }

  /** Whatever a client sends: a server can read each line in one way only. */
  @Property
  void whatReachesTheServerIsAVerbAndAnArgument(
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 255) Integer> bytes,
      @ForAll @IntRange(min = 0, max = 3) int prefix) {
    String[] prefixes = {"", "STOR", "STOR ", "stor a"};
    StringBuilder text = new StringBuilder("N\r\n" + prefixes[prefix]);
    bytes.forEach(b -> text.append((char) b.intValue()));

    for (ClientInput input : feed(text.append("\n").toString())) {
      if (!((Command) input).malformed()) {
        assertThat(line(input)).matches("[A-Z][A-Z0-9]{0,7}( [^\r\n]*)?\r\n");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PASS canary",
        "PASS\tcanary",
        "PASS a\rcanary",
        "pass canary",
        "ACCT canary",
        "PASScanary",
        "canary",
        "SITE PSWD a canary"
      })
  void nothingThatMayBeAPasswordIsPrinted(String line) {
    assertThat(feed(line + "\r\n").get(0).toString()).doesNotContainIgnoringCase("canary");
  }

  @Test
  void aWellKnownCommandIsPrintedWithItsControlBytesReplaced() {
    assertThat(feed("CWD a\u001b[2J\r\n").get(0)).hasToString("CWD a?[2J");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "USER joe:21 canary@host",
        "USER joe:canary",
        "USER ftp://joe:canary",
        "CWD joe:21/canary@host",
        "RETR ftp://joe:1 2/canary@host/x"
      })
  void passwordsInNamesAreNotShown(String line) {
    assertThat(feed(line + "\r\n").get(0).toString()).contains("joe:***").doesNotContain("canary");
  }

  @Test
  void wipingOverwritesTheLine() {
    Command command = (Command) feed("PASS canary\r\n").get(0);

    command.wipe();

    assertThat(command.argument()).containsOnly(0);
  }
}
