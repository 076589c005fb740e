package culvert.proxy.ftp.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to EPSV, and announcements at other places, as some client would read them. */
class OddEpsvAnswersTest {
  private final Playbook play = Playbook.tunnelled();

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "229 (|||+2000|)",
        "229 (|||02000|)",
        "229 (||| 2000|)",
        "229 (|||2000",
        "229 (|1|192.0.2.9|2000|)",
        "229-x (|||2000|)|229 done",
        "229-x|229 (|||2000|)|229 done",
        "200 (|||2000|)",
        "200-x|229 (|||2000|)|200 y",
        "150 (|||2000|)",
        "099 (|||2000|)",
        "700 (|||2000|)",
        "227 (1,2,3,4,7,208)",
        "228 (1,2,3,4, 2000)",
        "%s(|||2000|)"
      })
  void nothingButOurOwnWordsReachesTheClient(String reply) {
    play.client("EPSV");
    String[] lines = reply.formatted("229" + " ".repeat(600)).split("[|](?=[0-9]{3}[ -])", -1);

    assertThat(play.server(lines))
        .singleElement()
        .asString()
        .matches("EPSV 2000|< 425 culvert: .*");
  }

  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "SITE X; 200-x|227 (1,2,3,4,7,208)|200 y",
        "SITE X; 200-x|229 (!!!2000!)|200 y",
        "CWD a; 250-x|227 (1,2,3,4,7,208)|250 y",
        "TYPE I; 200 ok|227 (1,2,3,4,7,208)",
        "HELP; 214-x|228 (1,2,3,4, 2000)|214 y",
        "NOOP; 227 (1,2,3,4,7,208)",
        "MODE S; 229 (!!!2000!)",
        "STAT; 211-x|  227 (1,2,3,4,7,208)|211 y"
      })
  void anAnnouncementThatNobodyAskedForReachesNobody(String command, String reply) {
    play.client(command);

    assertThat(play.server(reply.split("[|]", -1)))
        .allSatisfy(
            told -> assertThat(told).startsWith("< ").doesNotMatch(".*22[789].*(1,2,3,4|!!!).*"));
  }
}
