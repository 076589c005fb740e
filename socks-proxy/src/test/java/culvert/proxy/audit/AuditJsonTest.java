package culvert.proxy.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AuditJsonTest {
  @Test
  void fieldsKeepTheirOrder() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("z", 1L);
    fields.put("a", List.of("x", Map.of("y", true)));

    assertThat(new String(AuditJson.encode(fields), UTF_8))
        .isEqualTo("{\"z\":1,\"a\":[\"x\",{\"y\":true}]}");
  }

  @Property
  void anyTextIsOneLineOfUtf8(@ForAll String text) throws IOException {
    byte[] line = AuditJson.encode(Map.of("text", text));

    assertThat(line).doesNotContain((byte) '\n', (byte) '\r');
    String back = (String) AuditJson.decode(line).get("text");
    assertThat(back).isEqualTo(text.codePoints().anyMatch(AuditJsonTest::isHalf) ? back : text);
    assertThat(new String(line, UTF_8).getBytes(UTF_8)).isEqualTo(line);
  }

  private static boolean isHalf(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  @Test
  void halfOfAPairIsReplaced() throws IOException {
    assertThat(AuditJson.decode(AuditJson.encode(Map.of("text", "a\uD800b"))))
        .containsEntry("text", "a\uFFFDb");
    assertThat(AuditJson.decode(AuditJson.encode(Map.of("text", "\uD83D\uDE00"))))
        .containsEntry("text", "\uD83D\uDE00");
  }

  @Test
  void whatIsNoObjectIsRefused() {
    for (String line :
        List.of("", "nothing", "[1]", "{\"a\":1,\"a\":2}", "{\"a\":1} {}", "{\"a\":")) {
      assertThatThrownBy(() -> AuditJson.decode(line.getBytes(UTF_8)))
          .as(line)
          .isInstanceOf(IOException.class);
    }
  }
}
