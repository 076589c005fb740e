package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.RedirectPorts;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureReaderTest {
  private static final String BOTH_TRANSPARENT =
      "listeners: [{ redirect: 2180, transparent: true }, { redirect: '[::1]:2180', transparent:"
          + " true }]";

  @Test
  void nobodyIsCapturedWithoutTheSection() {
    assertThat(Loading.config("listeners: [{ redirect: 218 }]").capture()).isEmpty();
    assertThat(Loading.config("listeners: [{ redirect: 218 }]", "capture:").capture()).isEmpty();
  }

  @Test
  void theDefaultsRefuseAndLeaveThisHostAlone() {
    assertThat(Loading.config("listeners: [{ redirect: 218 }]", "capture: { users: 7 }").capture())
        .contains(
            new CaptureConfig(
                List.of("7"),
                List.of(),
                List.of(),
                false,
                List.of(),
                List.of(),
                List.of(),
                false,
                OnCrash.CLOSED));
  }

  @Test
  void everyKeyCounts() {
    assertThat(
            Loading.config(
                    "listeners: [{ redirect: 2180 }]",
                    "capture:",
                    "  users: [batch]",
                    "  groups: [jobs, 12]",
                    "  cgroups: [jobs.slice/night.slice]",
                    "  destinations: [10.0.0.0/8, mf1.example, '2001:db8::/32', mf2.]",
                    "  local: true",
                    "  on-crash: open")
                .capture())
        .contains(
            new CaptureConfig(
                List.of("batch"),
                List.of("jobs", "12"),
                List.of("jobs.slice/night.slice"),
                false,
                List.of(),
                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32")),
                List.of("mf1.example", "mf2."),
                true,
                OnCrash.OPEN));
  }

  @Test
  void pseudoAddressesAloneCaptureNobody() {
    CulvertConfig alone = Loading.config("capture: { pseudo-addresses: 10.0.0.0/8 }");

    assertThat(alone.capture()).isEmpty();
    assertThat(alone.pseudoAddresses()).isEqualTo(Cidr.parse("10.0.0.0/8"));
    assertThat(Loading.config("").pseudoAddresses()).isEqualTo(Cidr.parse("198.19.0.0/16"));
    assertThat(
            Loading.config(
                    "listeners: [{ redirect: 218 }]",
                    "capture: { users: x, pseudo-addresses: 10.9.8.0/24 }")
                .pseudoAddresses())
        .isEqualTo(Cidr.parse("10.9.8.0/24"));
    assertThat(
            Loading.problems("capture: { pseudo-addresses: 10.0.0.0/8, destinations: mf1 }")
                .toString())
        .contains("capture: nobody is captured");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1:218       | 218 | ",
        "0.0.0.0:218         | 218 | ",
        "localhost:218       | 218 | ",
        "'[::1]:218'         |     | 218",
        "'[::]:218'          |     | 218",
        "127.0.0.2:218       |     | ",
        "'[2001:db8::1]:218' |     | ",
      })
  void redirectReachesTheLoopbackOfItsFamily(String bind, Integer v4, Integer v6) {
    assertThat(
            RedirectPorts.of(
                Loading.config("listeners: [{ redirect: '" + bind + "' }]").listeners()))
        .isEqualTo(new RedirectPorts(port(v4), port(v6)));
  }

  @Test
  void aTransparentListenerIsForAnotherWay() {
    assertThat(
            RedirectPorts.of(
                Loading.config(
                        "listeners: [{ redirect: 218, transparent: true }, { redirect: 219 }]")
                    .listeners()))
        .isEqualTo(new RedirectPorts(OptionalInt.of(219), OptionalInt.empty()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1:218 | 218 | ",
        "localhost:218 | 218 | ",
        "'[::1]:218'   |     | 218",
        "0.0.0.0:218   |     | ",
        "'[::]:218'    |     | ",
        "10.1.0.1:218  |     | ",
      })
  void connectionsOfOtherHostsAreBroughtToWhereNoneCanGoItself(
      String bind, Integer v4, Integer v6) {
    String transparent =
        "{ redirect: '" + bind + "', transparent: true, allow-from: [10.1.0.0/16] }";
    assertThat(
            RedirectPorts.ofOthers(
                Loading.config("listeners: [{ redirect: 219 }, " + transparent + "]").listeners()))
        .isEqualTo(new RedirectPorts(port(v4), port(v6)));
  }

  @Test
  void networksOfOthersNeedNobodyOfThisHost() {
    CaptureConfig capture =
        Loading.config(
                BOTH_TRANSPARENT, "capture: { forwarded: [10.1.0.0/16, 10.2.0.1, 'fd01::/64'] }")
            .capture()
            .orElseThrow();

    assertThat(capture.forwarded())
        .containsExactly(
            Cidr.parse("10.1.0.0/16"), Cidr.parse("10.2.0.1"), Cidr.parse("fd01::/64"));
    assertThat(capture.isOfThisHost()).isFalse();
  }

  @Test
  void eachFamilyOfOthersNeedsATransparentListener() {
    String both = "capture: { forwarded: [10.1.0.0/16, 'fd01::/64'] }";

    assertThat(Loading.errors("listeners: [{ redirect: 218 }]\n" + both))
        .containsExactly(
            "c.yaml:2:23: forwarded: 10.1.0.0/16, but there is no transparent listener to bring its"
                + " connections to (expected: { redirect: 127.0.0.1:PORT, transparent: true } among"
                + " the listeners)",
            "c.yaml:2:23: forwarded: fd01::/64, but there is no transparent listener to bring its"
                + " connections to (expected: { redirect: '[::1]:PORT', transparent: true } among"
                + " the listeners)");
    assertThat(Loading.errors("listeners: [{ redirect: 218, transparent: true }]\n" + both))
        .singleElement()
        .asString()
        .contains("forwarded: fd01::/64");
    assertThat(
            Loading.errors(
                "listeners: [{ redirect: 0, transparent: true }]\n"
                    + "capture: { forwarded: 10.1.0.0/16 }"))
        .singleElement()
        .asString()
        .contains("has port 0");
  }

  @Test
  void whoIsOfThisHostNeedsAListenerOfItsOwn() {
    assertThat(Loading.errors(BOTH_TRANSPARENT + "\ncapture: { forwarded: 10.1.0.0/16, users: x }"))
        .singleElement()
        .asString()
        .contains("no listener to bring connections to (expected: redirect: 127.0.0.1:PORT");
  }

  @Test
  void aListenerThatRefusesThemIsSaid() {
    String listener =
        "listeners: [{ redirect: 218, transparent: true, allow-from: [10.1.0.0/16] }]\n";

    assertThat(Loading.problems(listener + "capture: { forwarded: 10.1.2.0/24 }")).isEmpty();
    assertThat(Loading.problems(listener + "capture: { forwarded: [10.1.2.0/24, 10.0.0.0/8] }"))
        .singleElement()
        .asString()
        .contains("warning: forwarded: 10.0.0.0/8 is not within allow-from of listener redirect,");
  }

  private static OptionalInt port(Integer port) {
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "cgroups: a/../b        | cgroups: a/../b (expected: a path below /sys/fs/cgroup",
        "cgroups: [a, a]        | cgroups: the same value twice",
        "cgroups: 'a b'         | cgroups: a b (expected: a path below",
        "groups: [a, 'b:c']     | groups: b:c (expected: a group's name or number)",
        "users: '-x'            | users: -x (expected: a user's name or number)",
        "destinations: 10.1.2   | destinations: 10.1.2 (expected: an address or CIDR",
        "destinations: 'h:21'   | destinations: h:21 (expected: an address or CIDR",
        "forwarded: a.example   | forwarded: a.example (expected: an address or CIDR",
        "forwarded: 10.1.0.1/16 | forwarded: 10.1.0.1/16 has bits set behind the prefix",
        "forwarded: [10.1.0.1, 10.1.0.1] | forwarded: the same value twice",
        "everybody: yes         | everybody: yes (expected: true or false",
        "pseudo-addresses: 10.0.0.0/25      | pseudo-addresses: 10.0.0.0/25 (expected: an IPv4 network from /8",
        "pseudo-addresses: 16.0.0.0/4       | pseudo-addresses: 16.0.0.0/4 (expected: an IPv4 network from /8",
        "pseudo-addresses: 198.19.0.7       | pseudo-addresses: 198.19.0.7 (expected: an IPv4 network from /8",
        "pseudo-addresses: 'fd00::/16'      | pseudo-addresses: fd00::/16 (expected: an IPv4 network from /8",
        "pseudo-addresses: 127.5.0.0/16     | pseudo-addresses: 127.5.0.0/16 (expected: an IPv4 network from /8",
        "pseudo-addresses: 192.0.0.0/16     | pseudo-addresses: 192.0.0.0/16 (expected: an IPv4 network from /8",
        "pseudo-addresses: 239.0.0.0/16     | pseudo-addresses: 239.0.0.0/16 (expected: an IPv4 network from /8",
        "pseudo-addresses: 255.0.0.0/8      | pseudo-addresses: 255.0.0.0/8 (expected: an IPv4 network from /8",
      })
  void whatIsWrongIsNamed(String key, String problem) {
    String yaml =
        "listeners: [{ redirect: 218 }]\ncapture: { "
            + key
            + (key.startsWith("users") ? " }" : ", users: x }");

    assertThat(Loading.problems(yaml).toString()).contains(problem);
  }
}
