package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameAnswersTest {
  private static final int A = 1;
  private static final int AAAA = 28;
  private final List<String> asked = new ArrayList<>();

  private Optional<Inet4Address> address(String name) {
    asked.add(name);
    return Optional.of((Inet4Address) NetUtil.createInetAddressFromIpAddressString("198.19.0.7"));
  }

  private static byte[] question(String name, int type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HexFormat.of().parseHex("abcd01000001000000000000"));
    for (String label : name.isEmpty() ? new String[0] : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
    }
    out.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
    return out.toByteArray();
  }

  private String answer(byte[] question) {
    return HexFormat.of().formatHex(NameAnswers.answer(question, this::address).orElseThrow());
  }

  @Test
  void aNameHasAnAddress() {
    assertThat(answer(question("ftp.example", A)))
        .isEqualTo(
            "abcd81800001000100000000"
                + "03667470076578616d706c650000010001"
                + "c00c000100010000003c0004c6130007");
    assertThat(asked).containsExactly("ftp.example");
  }

  @Test
  void ofOtherTypesItHasNothing() {
    assertThat(answer(question("ftp.example", AAAA)))
        .isEqualTo("abcd81800001000000000000" + "03667470076578616d706c6500001c0001");
  }

  @Test
  void whereNoAddressIsLeftThatIsTheServersFailure() {
    assertThat(NameAnswers.answer(question("ftp.example", A), name -> Optional.empty()))
        .hasValueSatisfying(
            answer ->
                assertThat(HexFormat.of().formatHex(answer))
                    .isEqualTo("abcd81820001000000000000" + "03667470076578616d706c650000010001"));
  }

  @Test
  void whatIsBehindTheQuestionIsLeftOut() {
    byte[] question = question("a", A);
    byte[] withOption = Arrays.copyOf(question, question.length + 11);
    withOption[11] = 1;
    withOption[question.length + 2] = 41;

    assertThat(answer(withOption)).isEqualTo(answer(question));
  }

  @Test
  void localhostIsNoAffairOfCulverts() {
    assertThat(answer(question("LocalHost", A))).endsWith("7f000001");
    assertThat(answer(question("my.localhost", A))).endsWith("7f000001");
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"", "10.1.2.3", "a b", "b\u00fccher", "x\0y"})
  void whatNobodyCanBeCalledDoesNotExist(String name) {
    assertThat(answer(question(name, A))).startsWith("abcd8183000100000000");
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {
        "",
        "abcd",
        "abcd8180000100000000000001610000010001", // an answer
        "abcd2900000100000000000001610000010001", // a zone's update
        "abcd0100000200000000000001610000010001", // two questions
        "abcd01000001000000000000c00c00010001", // a pointer to itself
        "abcd01000001000000000000016100000100", // cut
        "abcd010000010000000000003f61" // cut in a label
      })
  void whatIsNoQuestionIsNotAnswered(String datagram) {
    assertThat(NameAnswers.answer(HexFormat.of().parseHex(datagram), this::address)).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Property(tries = 2000)
  void noDatagramDoesHarm(@ForAll @Size(max = 600) byte[] noise) {
    byte[] datagram = noise.clone();
    if (datagram.length > 12) {
      System.arraycopy(HexFormat.of().parseHex("abcd01000001"), 0, datagram, 0, 6);
    }
    Optional<byte[]> answer = NameAnswers.answer(datagram, this::address);
    if (answer.isPresent() && answer.get().length > datagram.length + 16) {
      fail("more than the question and an address");
    }
    assertThat(asked).allMatch(name -> name.length() <= 253);
  }
}
