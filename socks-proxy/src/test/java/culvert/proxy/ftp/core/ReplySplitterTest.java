package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplySplitterTest {
  private final ReplySplitter splitter = new ReplySplitter();

  private List<String> feed(String text) {
    return describe(splitter.feed(text.getBytes(ISO_8859_1)));
  }

  private static List<String> describe(List<ReplyLine> lines) {
    List<String> described = new ArrayList<>();
    lines.forEach(l -> described.add(l.code() + (l.last() ? " last " : " more ") + l));
    return described;
  }

  @Test
  void aMultiLineReplyEndsWithItsOwnCodeAndASpace() {
    assertThat(
            feed("230-Hello\r\n227 not me\r\n 230 nor me\r\n230-nor me\r\n230 Done\r\n200 OK\r\n"))
        .containsExactly(
            "230 more 230-Hello",
            "230 more 227 not me",
            "230 more  230 nor me",
            "230 more 230-nor me",
            "230 last 230 Done",
            "200 last 200 OK");
  }

  @Test
  void aCodeAloneIsAReply() {
    assertThat(feed("200\r\n211-x\n211\n"))
        .containsExactly("200 last 200", "211 more 211-x", "211 last 211");
  }

  @Test
  void textOutsideAnyReplyBelongsToNone() {
    assertThat(feed("Welcome\r\n22\r\n\r\n"))
        .containsExactly("-1 more Welcome", "-1 more 22", "-1 more ");
  }

  @Test
  void anyThreeDigitsAreACode() {
    assertThat(feed("000 a\r\n099 b\r\n700-c\r\n227 (1,2,3,4,5,6)\r\n700 d\r\n999\r\n"))
        .containsExactly(
            "0 last 000 a",
            "99 last 099 b",
            "700 more 700-c",
            "700 more 227 (1,2,3,4,5,6)",
            "700 last 700 d",
            "999 last 999");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "\u00ff\u00f1227 x",
        "\u00ff\u00fb\u0001227 x",
        "2\u00ff\u00f127 x",
        "227\u00ff\u00f1 x",
        "\u00ff\u00fd2\u00ff\u00fe7227 x"
      })
  void telnetCommandsAroundTheCodeArePassedOver(String line) {
    ReplyLine reply = splitter.feed((line + "\r\n").getBytes(ISO_8859_1)).get(0);

    assertThat(reply.code()).isEqualTo(227);
    assertThat(reply.last()).isTrue();
    assertThat(reply.text()).isEqualTo(line + "\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"\u00ff\u00ff227 x", "\u00ff227 x", "\u00fe227 x", "\u00ff", "\u00ff\u00fb"})
  void otherBytesBeforeTheCodeAreText(String line) {
    assertThat(splitter.feed((line + "\r\n").getBytes(ISO_8859_1)).get(0).hasCode()).isFalse();
  }

  @Test
  void aLastLineWithAnotherCodeIsTold() {
    List<ReplyLine> lines =
        splitter.feed(
            "250-a\r\n257 b\r\n257-c\r\n d\r\n226\r\n2500 e\r\n250 f\r\n257 g\r\n"
                .getBytes(ISO_8859_1));

    assertThat(lines)
        .extracting(ReplyLine::otherEnd)
        .containsExactly(false, true, false, false, true, false, false, false);
  }

  @Test
  void aReplyThatTheClientTakesForEndedIsFollowedByAnother() {
    assertThat(feed("250-a\r\n257 b\r\n")).containsExactly("250 more 250-a", "250 more 257 b");

    splitter.closeReply();

    assertThat(feed("227 c\r\n250 d\r\n")).containsExactly("227 last 227 c", "250 last 250 d");
  }

  @Test
  void closingNoReplyChangesNothing() {
    assertThat(feed("250 a\r\n22")).containsExactly("250 last 250 a");
    splitter.closeReply();
    assertThat(feed("6 b\r\n")).containsExactly("226 last 226 b");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "221 Bye; 221 last 221 Bye",
        "221; 221 last 221",
        "22; -1 more 22",
        "220-a; 220 more 220-a",
        "Bye; -1 more Bye"
      })
  void theLastLineMayLackItsEnd(String line, String told) {
    assertThat(feed("200 a\r\n" + line)).containsExactly("200 last 200 a");

    ReplyLine last = splitter.end().orElseThrow();

    assertThat(describe(List.of(last))).containsExactly(told);
    assertThat(last.text()).isEqualTo(line);
    assertThat(splitter.end()).isEmpty();
  }

  @Test
  void theLastLineOfAMultiLineReplyMayLackItsEnd() {
    feed("230-a\r\n b\r\n230 c");

    assertThat(splitter.end().orElseThrow().last()).isTrue();
  }

  @Test
  void anOldServersEqualSignIsAccepted() {
    assertThat(feed("227=1,2,3,4,5,6\r\n")).containsExactly("227 last 227=1,2,3,4,5,6");
  }

  @Test
  void rawBytesStayAsTheyCame() {
    byte[] line = {'2', '0', '0', ' ', (byte) 0xff, 0, '\n'};

    assertThat(splitter.feed(line).get(0).raw()).isEqualTo(line);
  }

  @Test
  void aLineOf64KibIsReadAndALongerOneBreaksOff() {
    assertThat(feed("200 " + "x".repeat(ReplySplitter.MAX_LINE - 5) + "\n")).hasSize(1);
    assertThat(splitter.broken()).isFalse();

    assertThat(feed("200 " + "x".repeat(ReplySplitter.MAX_LINE))).isEmpty();
    assertThat(splitter.broken()).isTrue();
    assertThat(feed("200 OK\r\n")).isEmpty();
  }

  @Property(tries = 300)
  void chunkingChangesNothing(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 12) Integer> pieces,
      @ForAll @IntRange(min = 1, max = 9) int size) {
    String[] vocabulary = {
      "200 OK\r\n",
      "230-a\r\n",
      "230 b\r\n",
      "227 (1,2,3,4,5,6)\n",
      "x\r\n",
      "22",
      " \r",
      "\n",
      "\u00ff\u00f1",
      "\u00ff\u00fb",
      "000 x\r\n",
      "700-",
      "230 "
    };
    StringBuilder text = new StringBuilder();
    pieces.forEach(p -> text.append(vocabulary[p]));
    byte[] bytes = text.toString().getBytes(ISO_8859_1);

    ReplySplitter oneByOne = new ReplySplitter();
    List<String> chunked = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += size) {
      byte[] chunk = new byte[Math.min(size, bytes.length - at)];
      System.arraycopy(bytes, at, chunk, 0, chunk.length);
      chunked.addAll(describe(oneByOne.feed(chunk)));
    }
    oneByOne.end().ifPresent(rest -> chunked.addAll(describe(List.of(rest))));

    ReplySplitter atOnce = new ReplySplitter();
    List<String> whole = new ArrayList<>(describe(atOnce.feed(bytes)));
    atOnce.end().ifPresent(rest -> whole.addAll(describe(List.of(rest))));
    assertThat(chunked).isEqualTo(whole);
  }

  @Test
  void theCollectorKeepsAllLinesOfAReply() {
    Reply.Collector collector = new Reply.Collector();
    List<Reply> replies = new ArrayList<>();

    for (ReplyLine line : splitter.feed("220-a\r\n b\r\n220 c\r\n".getBytes(ISO_8859_1))) {
      collector.add(line).ifPresent(replies::add);
    }

    assertThat(replies).hasSize(1);
    assertThat(replies.get(0).code()).isEqualTo(220);
    assertThat(replies.get(0).raw()).asString(ISO_8859_1).isEqualTo("220-a\r\n b\r\n220 c\r\n");
  }

  @Test
  void theCollectorIsBoundedAndKeepsTheFinalLine() {
    Reply.Collector collector = new Reply.Collector();
    String middle = "x".repeat(1000) + "\r\n";
    Reply reply = null;

    for (ReplyLine line :
        splitter.feed(("220-a\r\n" + middle.repeat(200) + "220 end\r\n").getBytes(ISO_8859_1))) {
      reply = collector.add(line).orElse(null);
    }

    assertThat(reply).isNotNull();
    assertThat(reply.raw().length).isLessThan(70_000);
    assertThat(reply.raw()).asString(ISO_8859_1).endsWith("220 end\r\n");
  }
}
