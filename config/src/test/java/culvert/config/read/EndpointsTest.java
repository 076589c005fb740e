package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigProblem;
import culvert.config.Endpoint;
import culvert.config.Location;
import culvert.config.PortRange;
import culvert.config.yaml.Problems;
import culvert.config.yaml.YamlValue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {

  @ParameterizedTest(name = "{0} -> {1} {2}")
  @CsvSource({
    "1080, 127.0.0.1, 1080",
    "0, 127.0.0.1, 0",
    "localhost:1080, localhost, 1080",
    "0.0.0.0:1080, 0.0.0.0, 1080",
    "[::1]:1080, ::1, 1080",
    "[::]:0, ::, 0",
    "my_host.example.:21, my_host.example., 21"
  })
  void readsListenAddresses(String text, String host, int port) {
    assertThat(read(Endpoints.LISTEN, text)).isEqualTo(new Endpoint(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":1080",
        "*:1080",
        "localhost",
        "localhost:",
        "localhost:x",
        "localhost:65536",
        "65536",
        "::1:1080",
        "[::1]",
        "[localhost]:1080",
        "1.2.3:80",
        "1.2.3.400:80",
        "0x7f.1:80",
        "a..b:80",
        "-a:80",
        "a b:80",
        "http://a:80",
        "a:80/",
        "999999:80"
      })
  void whatIsNotAListenAddressIsRefused(String text) {
    Problems problems = new Problems();

    assertThat(Endpoints.LISTEN.read(scalar(text), "socks", reading(problems))).isEmpty();
    assertThat(problems.inFileOrder())
        .singleElement()
        .extracting(ConfigProblem::message)
        .asString()
        .startsWith("socks: ")
        .contains("(expected: address:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "localhost", "LocalHost"})
  void loopbackIsWhatOnlyThisMachineReaches(String host) {
    assertThat(Endpoints.isLoopback(new Endpoint(host, 1))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "proxy.example", "localhost.example"})
  void allElseIsNotLoopback(String host) {
    assertThat(Endpoints.isLoopback(new Endpoint(host, 1))).isFalse();
  }

  @Test
  void aTargetNeedsAPort() {
    assertThat(Endpoints.TARGET.read(scalar("21"), "target", reading(new Problems()))).isEmpty();
  }

  @Property
  void anEndpointIsReadAsItPrints(@ForAll @IntRange(min = 1, max = 65535) int port) {
    for (String host : new String[] {"ftp.example", "192.0.2.1", "2001:db8::1"}) {
      Endpoint endpoint = new Endpoint(host, port);

      assertThat(Endpoints.target(endpoint.toString())).isEqualTo(endpoint);
    }
  }

  @Property
  void aPortRangeIsReadAsItPrints(
      @ForAll @IntRange(min = 1, max = 65535) int a,
      @ForAll @IntRange(min = 1, max = 65535) int b) {
    PortRange range = new PortRange(Math.min(a, b), Math.max(a, b));

    assertThat(read(Endpoints.PORTS, range.toString())).isEqualTo(range);
  }

  private static <T> T read(ValueType<T> type, String text) {
    return type.read(scalar(text), "key", reading(new Problems())).orElseThrow();
  }

  private static Reading reading(Problems problems) {
    return new Reading(problems, Loading.ENVIRONMENT);
  }

  private static YamlValue scalar(String text) {
    return new YamlValue.Scalar(new Location("c.yaml", 1, 1), text, true, false);
  }
}
