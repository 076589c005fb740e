package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordBytesTest {
  private static final Charset EBCDIC = Charset.forName("IBM1047");

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"windows-1252", "ISO-8859-15", "IBM1047", "Shift_JIS"})
  void octetsThatAreNotUtf8AreReadInTheCharsetAndWiped(String charset) {
    String text = charset.equals("Shift_JIS") ? "日本語" : "pässwörd";
    byte[] octets = text.getBytes(Charset.forName(charset));

    byte[] utf8 = PasswordBytes.of(octets, Charset.forName(charset)).copy();

    assertThat(utf8).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    assertThat(octets).containsOnly(0);
  }

  @Test
  void utf8IsTakenOverAndWipedAtTheEnd() {
    byte[] octets = "pässwörd".getBytes(StandardCharsets.UTF_8);
    PasswordBytes password = PasswordBytes.of(octets, EBCDIC);
    assertThat(password.copy()).isEqualTo("pässwörd".getBytes(StandardCharsets.UTF_8));

    password.close();
    password.close();

    assertThat(octets).containsOnly(0);
    assertThat(password.isClosed()).isTrue();
    assertThatThrownBy(password::copy).hasMessage("password: already wiped");
  }

  @Test
  void anEmptyPasswordIsOne() {
    assertThat(PasswordBytes.of(new byte[0], EBCDIC).copy()).isEmpty();
  }

  @Test
  void aTruncatedUtf8SequenceIsNotUtf8() {
    byte[] octets = {'a', (byte) 0xC3};

    assertThat(PasswordBytes.of(octets, StandardCharsets.ISO_8859_1).copy())
        .isEqualTo("aÃ".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void itPrintsAsAMask() {
    assertThat(PasswordBytes.of("secret")).hasToString("****");
  }
}
