package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.config.Endpoint;
import culvert.config.TunnelProtocol;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** The grammar of {@code -L} and {@code -R}. */
class ForwardingTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ftp/1234:localhost:21,           FTP, 127.0.0.1:1234, localhost:21",
    "1234:localhost:21,               TCP, 127.0.0.1:1234, localhost:21",
    "tcp/1234:localhost:21,           TCP, 127.0.0.1:1234, localhost:21",
    "0:db.example:5432,               TCP, 127.0.0.1:0,    db.example:5432",
    "ftp/10.0.0.1:1234:10.0.0.2:21,   FTP, 10.0.0.1:1234,  10.0.0.2:21",
    "ftp/[::1]:1234:[2001:db8::1]:21, FTP, [::1]:1234,     [2001:db8::1]:21",
    "*:1234:localhost:21,             TCP, 0.0.0.0:1234,   localhost:21"
  })
  void isReadAsSshReadsIt(String text, TunnelProtocol protocol, String bind, String target) {
    Forwarding forwarding = Forwarding.parse(text);

    assertThat(forwarding.protocol()).isEqualTo(protocol);
    assertThat(forwarding.bind()).hasToString(bind);
    assertThat(forwarding.target()).hasToString(target);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "1234,                        1 fields between the colons",
    "1234:localhost,              2 fields between the colons",
    "a:1:b:2:c,                   5 fields between the colons",
    "::1:1234:localhost:21,       6 fields between the colons",
    "http/1234:localhost:21,      unknown protocol in front of the /",
    "/tmp/socket:localhost:21,    unknown protocol in front of the /",
    "x:localhost:21,              'PORT is x, not 0..65535'",
    "65536:localhost:21,          'PORT is 65536, not 0..65535'",
    "-1:localhost:21,             'PORT is -1, not 0..65535'",
    ":localhost:21,               'PORT is empty, not 0..65535'",
    "1234:localhost:,             'HOSTPORT is empty, not 1..65535'",
    "1234:localhost:0,            'HOSTPORT is 0, not 1..65535'",
    "1234:localhost:ftp,          'HOSTPORT is ftp, not 1..65535'",
    "1234::21,                    HOST is empty",
    ":1234:localhost:21,          BIND is empty",
    "1234:[::1:21,                a bracket that is not closed",
    "1234:[localhost]:21,         brackets around what is no IPv6 address",
    "1234:[::1]21,                no colon behind the bracket"
  })
  void aMistakeIsToldWithWhatWasExpected(String text, String what) {
    assertThatThrownBy(() -> Forwarding.parse(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            text
                + ": "
                + what
                + " (expected: [ftp/][BIND:]PORT:HOST:HOSTPORT, IPv6 addresses in brackets)");
  }

  @Property
  void whatIsWrittenIsReadAgain(
      @ForAll TunnelProtocol protocol,
      @ForAll("endpoints") Endpoint bind,
      @ForAll("endpoints") Endpoint target) {
    assertThat(Forwarding.parse(protocol + "/" + bind + ":" + target))
        .isEqualTo(new Forwarding(protocol, bind, target));
  }

  @Property
  void anyTextIsReadOrRefusedWithAReason(@ForAll("texts") String text) {
    try {
      Forwarding forwarding = Forwarding.parse(text);
      assertThat(forwarding.target().port()).isPositive();
    } catch (TypeConversionException e) {
      assertThat(e).hasMessageStartingWith(text).hasMessageContaining("expected:");
    }
  }

  @Provide
  Arbitrary<Endpoint> endpoints() {
    Arbitrary<String> hosts =
        Arbitraries.oneOf(
            Arbitraries.strings().alpha().numeric().withChars('.', '-').ofMinLength(1),
            Arbitraries.of("::1", "2001:db8::7", "::"));
    return Combinators.combine(hosts, Arbitraries.integers().between(1, 65535)).as(Endpoint::new);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ftp/[]:*19ax".toCharArray()).ofMaxLength(24);
  }
}
