package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        ".bank.example | no dot at the beginning; write *.bank.example, and bank.example for that name itself",
        "ftp..example | something between the dots",
        "..bank.example | something between the dots",
        ". | a host",
        "ftp.example:21 | a host without a port; write ftp.example, and port: 21 beside it",
        "192.0.2.1:21 | a host without a port; write 192.0.2.1, and port: 21 beside it",
        "*:21 | a host without a port; write port: 21 beside it",
        "*.example:2121-2130 | a host without a port; write *.example, and port: 2121-2130 beside it",
        "[2001:db8::1]:21 | a host without a port; write 2001:db8::1, and port: 21 beside it",
        "[2001:db8::1] | an IPv6 address without brackets; write 2001:db8::1",
        "ftp://ftp.example | a host without a scheme; write ftp.example",
        "FTP://ftp.example:2121/pub/ | a host without a scheme; write ftp.example, and port: 2121 beside it",
        "ftp.example/pub | a host without a path; write ftp.example",
        "a.example b.example | no space; several hosts are a list: [a.example, b.example]",
        "a.example,b.example | no comma; several hosts are a list: [a.example, b.example]",
        "!a.example | no negation; a rule above this one, for a.example, says the rest",
        "10.1.2.300 | a name, a glob such as *.example.com, or /regex/",
        "1:2:3 | a name, a glob such as *.example.com, or /regex/",
        "ftp:bank | a name, a glob such as *.example.com, or /regex/",
        "/ftp.example:21/ | a host without a port; write port: 21 beside it",
        "/ftp:\\/\\/ftp.example.*/ | a host without a scheme",
      })
  void whatCanMatchNoHostIsRefusedWithTheRemedy(String pattern, String expected) {
    assertThat(Loading.problems(rule(pattern)))
        .containsExactly("c.yaml:1:26: host: " + pattern + " (expected: " + expected + ")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "mf?",
        "ftp.example.",
        "*.example.",
        "_ftp.example",
        "10.1.*",
        "2001:db8::1",
        "2001:db8:*",
        "::1",
        "bücher.example",
        "*-a-*.example",
        "/(?:a|b)[0-9]:?/",
        "/2001:db8::2[0-9]:21/",
        "/mf[0-9]+/"
      })
  void whatCanMatchAHostIsTaken(String pattern) {
    assertThat(Loading.problems(rule(pattern))).isEmpty();
  }

  @Test
  void noNameIsLongerThanDnsLetsItBe() {
    String label = "a".repeat(63);

    assertThat(Loading.problems(rule(label + ".*"))).isEmpty();
    assertThat(Loading.problems(rule(label + "a.*")))
        .singleElement()
        .asString()
        .endsWith("(expected: at most 63 characters between dots)");
    assertThat(Loading.problems(rule("*." + (label + ".").repeat(3) + label)))
        .singleElement()
        .asString()
        .endsWith("(expected: at most 253 characters)");
  }

  @Test
  void whatStandsBeforeAnAtSignIsNotShown() {
    assertThat(Loading.problems(rule("ftp://joe:hunter2@ftp.example/")))
        .containsExactly(
            "c.yaml:1:26: host: ...@ftp.example/ (expected: a host without a scheme; write ftp.example)");
    assertThat(Loading.problems(rule("joe@ftp.example")))
        .containsExactly(
            "c.yaml:1:26: host: ...@ftp.example (expected: a host without a user; write ftp.example)");
  }

  private static String rule(String pattern) {
    return "rules: [{ match: { host: '" + pattern + "' }, action: block }]";
  }
}
