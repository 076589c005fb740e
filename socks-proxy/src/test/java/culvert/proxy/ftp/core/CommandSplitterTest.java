package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
  @ValueSource(strings = {"", " ", " two  spaces ", "-bob", "user@host", "host|user", "a\rb"})
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
    assertThat(feed("\r\n\nNOOP\r\n\r\n")).hasSize(1);
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

  @Test
  void aDoubledIacIsADataByteAndStaysAsItCame() {
    assertThat(feed("RETR \u00ff\u00ffx\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("RETR \u00ff\u00ffx\r\n");
  }

  @Test
  void aLatin1LetterThatLooksLikeIacStays() {
    assertThat(feed("RETR \u00ffile\r\n"))
        .extracting(CommandSplitterTest::line)
        .containsExactly("RETR \u00ffile\r\n");
  }

  @Property(tries = 300)
  void chunkingChangesNothing(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 11) Integer> pieces,
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 7) Integer> cuts) {
    String[] vocabulary = {
      "USER a b\r\n", "PASS x\n", "\r\n", "\u00ff\u00f4", "\u00ff\u00f2", "\u00ff\u00fb\u0001",
      "\u00ff\u00ff", "ABOR\r\n", "x", "\r", " ", "é"
    };
    StringBuilder text = new StringBuilder("N");
    pieces.forEach(p -> text.append(vocabulary[p]));
    byte[] bytes = text.append("\r\n").toString().getBytes(ISO_8859_1);

    List<String> whole = new ArrayList<>();
    new CommandSplitter().feed(bytes).forEach(c -> whole.add(line(c)));

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
      splitter.feed(chunk).forEach(c -> lines.add(line(c)));
      at += length;
    }
    return lines;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PASS canary",
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

  @Test
  void wipingOverwritesTheLine() {
    Command command = (Command) feed("PASS canary\r\n").get(0);

    command.wipe();

    assertThat(command.argument()).containsOnly(0);
  }
}
