package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearRegexTest {
  /** Where java.util.regex needs hours, and not a slow machine's seconds. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        ".*-.*-.*-.*-.*-.*\\.mf\\.example",
        "(-+)+\\.mf",
        "(a|-|a-|-a)*\\.mf",
        "((([a-z-]+)*)+)*\\.mf",
        "(-*)*(-*)*(-*)*x",
        "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x",
        "(-?){255}x",
        "([a-z-]{1,63}){1,20}x"
      })
  void aLongNameIsMatchedInLinearTime(String regex) {
    String name = "-".repeat(120) + "a-".repeat(67);
    assertTimeoutPreemptively(
        DEADLINE,
        () -> {
          HostPattern.Regex pattern = HostPattern.Regex.of("/" + regex + "/");
          for (int i = 0; i < 100; i++) {
            assertThat(pattern.matches(name)).isFalse();
          }
        });
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "mf[0-9]+ ; MF07",
        "MF[0-9]+ ; mf07",
        "mf ; mf1",
        "mf ; amf",
        "mf|mf1 ; mf1",
        "a|ab|abc ; abc",
        "(a*)(ab)*(b*) ; aabab",
        "[^.]+\\.mf ; a.b.mf",
        "^mf$ ; mf",
        "\\d{1,3}(?:\\.\\d{1,3}){3} ; 10.20.30.4",
        "[a-c&-]+ ; a-c",
        "[]a]+ ; a",
        "[\\[\\]a]+ ; a",
        "\\Qa.b\\E ; a.b",
        "\\p{L}+ ; straße",
        "stra\\x{df}e ; STRASSE",
        "k\\w? ; K1",
        "(?<name>a+)b ; aab",
        "(?-i)MF ; mf",
        "a{0,2}?b{2} ; abb",
        "m[[:digit:]]?f|x ; x"
      })
  void whatBothKnowIsMatchedAsBefore(String regex, String name) {
    int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    String forJava = regex.replace("[[:digit:]]", "[0-9]").replace("[]a]", "[\\]a]");

    assertThat(HostPattern.Regex.of("/" + regex + "/").matches(name))
        .isEqualTo(Pattern.compile(forJava, flags).matcher(name).matches());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "(a)\\1 ; a back reference, at character 5, is not supported",
        "(?<n>a)\\k<n> ; a back reference, at character 9, is not supported",
        "x(?=a) ; look-ahead, at character 3, is not supported",
        "x(?!a) ; look-ahead, at character 3, is not supported",
        "(?<=a)x ; look-behind, at character 2, is not supported",
        "((?<!a)x) ; look-behind, at character 3, is not supported",
        "(?>a) ; an atomic group, at character 2, is not supported",
        "a++ ; a possessive quantifier, at character 3, is not supported",
        "a*+ ; a possessive quantifier, at character 3, is not supported",
        "a?+ ; a possessive quantifier, at character 3, is not supported",
        "a{2,3}+ ; a possessive quantifier, at character 3, is not supported",
        "[a&&b] ; an intersection of character classes, at character 4, is not supported",
        "[a[b]] ; a [ in a character class without a backslash, at character 4, is not supported",
        "[a ; unclosed character class at character 2",
        "a) ; unmatched ) at character 3",
        "(a ; missing closing ): (a",
        "*a ; missing argument to repetition operator: *",
        "a\\h ; invalid escape sequence: \\h",
        "\\p{Alpha} ; invalid character class range: \\p{Alpha}",
        "(?x)a ; invalid or unsupported Perl syntax: (?x",
        "a{1001} ; invalid repeat count: {1001}",
        "(a{100}){100} ; with its repetitions written out it has more than 5000 steps",
        "((a{1000}){1000}){1000} ; with its repetitions written out it has more than 5000 steps",
        "a\\ ; trailing backslash at end of expression"
      })
  void whatIsNotSupportedIsSaid(String regex, String why) {
    assertThatThrownBy(() -> LinearRegex.compile(regex))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  @Test
  void groupsWithinGroupsAreBounded() {
    assertThat(LinearRegex.compile("(".repeat(90) + "a" + ")".repeat(90)).matches("a")).isTrue();
    assertThatThrownBy(() -> LinearRegex.compile("(".repeat(100_000)))
        .hasMessage("more than 100 groups within each other, at character 102, is not supported");
  }

  @Test
  void globsOfAlgorithmsAreMatchedInLinearTime() {
    String stars = "*a".repeat(40) + "*x";

    assertTimeoutPreemptively(
        DEADLINE, () -> assertThat(SshAlgorithms.named(AlgorithmKind.KEX, stars)).isEmpty());
  }
}
