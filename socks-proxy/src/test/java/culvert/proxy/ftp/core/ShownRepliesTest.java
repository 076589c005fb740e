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
import org.junit.jupiter.params.provider.ValueSource;

class ShownRepliesTest {
  private final ShownReplies replies = new ShownReplies();
  private final ReplySplitter splitter = new ReplySplitter();

  private void sent(String line) {
    replies.sent((line + "\r\n").getBytes(ISO_8859_1));
  }

  private List<String> shown(String... lines) {
    List<String> shown = new ArrayList<>();
    for (String line : lines) {
      splitter
          .feed((line + "\r\n").getBytes(ISO_8859_1))
          .forEach(l -> shown.add(replies.shown(l).toString()));
    }
    return shown;
  }

  @Test
  void betweenAPasswordAndItsAnswerOnlyCodesAreShown() {
    assertThat(shown("220 hi")).containsExactly("220 hi");
    sent("USER bob");
    assertThat(shown("331 password for bob?")).containsExactly("331 password for bob?");
    sent("PASS canary");
    assertThat(shown("230-canary", " canary", "canary", "220 canary", "230 canary in"))
        .containsExactly("230-****", "230-****", "230-****", "230-****", "230 ****");
    sent("PWD");
    assertThat(shown("257 /")).containsExactly("257 /");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"PASS canary", "pass canary", "ACCT canary", "SITE PSWD a canary", "XPASS canary"})
  void whateverMayHoldAPasswordHidesWhatFollows(String command) {
    shown("220 hi");
    sent(command);
    assertThat(shown("500 canary?")).containsExactly("500 ****");
  }

  @Test
  void repliesToWhatWasSentBeforeAndBehindThePasswordAreHiddenUntilAllAreThere() {
    shown("220 hi");
    sent("NOOP");
    sent("PASS canary");
    sent("PWD");
    sent("NOOP");
    assertThat(shown("200 canary", "150 canary", "503 canary", "257 canary", "200 canary"))
        .containsExactly(
            "200 ****", "150-****".replace("-", " "), "503 ****", "257 ****", "200 ****");
    sent("PWD");
    assertThat(shown("257 /")).containsExactly("257 /");
  }

  @Test
  void anAnswerToALoginIsHiddenBehindOthersThatNobodyAskedForToo() {
    shown("220 hi");
    sent("PASS canary");
    shown("501 what was that");
    sent("PWD");
    assertThat(shown("230 canary")).containsExactly("230 ****");
  }

  @Test
  void severalGreetingsLeaveNothingHiddenForEver() {
    shown("220 a", "220 b", "220 c");
    sent("USER bob");
    sent("PASS canary");
    shown("331 p", "230 in");
    sent("PWD");

    assertThat(shown("257 /")).containsExactly("257 /");
  }

  @Test
  void whatBelongsToNoReplyIsHiddenAltogether() {
    sent("PASS canary");
    assertThat(shown("canary", "")).containsExactly("****", "****");
  }

  /** However the server cuts and counts: until the client goes on, no text is shown. */
  @Property
  void untilTheNextCommandNothingIsShown(
      @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 7) Integer> said) {
    String[] vocabulary = {
      "230-canary",
      "230 canary",
      "331 canary",
      "canary",
      "120 canary",
      "220 canary",
      "000 canary",
      ""
    };
    shown("220 hi");
    sent("USER bob");
    sent("PASS canary");

    for (int line : said) {
      assertThat(shown(vocabulary[line])).noneMatch(text -> text.contains("canary"));
    }
  }
}
