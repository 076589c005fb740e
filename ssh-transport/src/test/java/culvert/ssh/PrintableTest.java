package culvert.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "'a\r\nconnection started conn=2', 'a\\r\\nconnection started conn=2'",
    "'\u001b[2Jx', '\\u001b[2Jx'",
    "'a\u202eb', 'a\\u202eb'",
    "'a\u2028b', 'a\\u2028b'",
    "'Grüße', 'Grüße'"
  })
  void whatCouldForgeALineIsEscaped(String text, String printed) {
    assertThat(Printable.text(text)).isEqualTo(printed);
  }

  @Property
  void nothingUnprintableRemainsAndTheLengthIsBounded(@ForAll String text) {
    String printed = Printable.text(text);
    assertThat(printed.length()).isLessThan(320);
    assertThat(printed.codePoints().noneMatch(Character::isISOControl)).isTrue();
  }
}
