package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {

  private static String told(int code, String lines) {
    return new String(new Reply(code, lines.getBytes(ISO_8859_1)).harmlessLines(), ISO_8859_1);
  }

  @Test
  void ordinaryLinesAreToldAsTheyAre() {
    assertThat(told(230, "230-hi\r\n you\r\n230 in\r\n")).isEqualTo("230-hi\r\n you\r\n230 in\r\n");
  }

  @Test
  void allClientsReadTheSameReply() {
    assertThat(told(230, "230-hi\r\n200 x\r\n\u00d9\u00a2 y\r\n230-z\r\n230 in\r\n"))
        .isEqualTo("230-hi\r\n 200 x\r\n \u00d9\u00a2 y\r\n230-z\r\n230 in\r\n");
    assertThat(told(25, "025-a\r\n 25 z\r\n025 end\r\n")).isEqualTo("025 end\r\n");
    assertThat(told(0, "000 x\r\n")).startsWith("500 culvert: ");
  }

  /** Without its first line, each of the others would be a reply of its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "227-x\r\n230 welcome\r\n227 end\r\n",
        "230-x\r227 (1,2,3,4,5,6)\r\n226 mid\r\n230 end\r\n",
        "\u00ff\u00f1229-x\r\n230 welcome\r\n229 end\r\n"
      })
  void whereTheFirstLineIsWithheldOnlyTheLastIsTold(String lines) {
    assertThat(told(230, lines)).matches("2[0-9]{2} [^\r\n]*\r\n");
  }
}
