package culvert.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestionsTest {
  private static final List<String> WORDS =
      List.of("ftp-tunnel", "tunnel", "direct", "block", "authentication", "host", "port");

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "tunel, tunnel",
    "FTP_Tunnel, ftp-tunnel",
    "driect, direct",
    "blok, block",
    "auth, authentication",
    "hostname, host",
    "prot, port",
    "tunnel-ftp, ftp-tunnel",
    "deny, block",
    "DROP, block",
    "allow, direct",
    "plain, direct",
    "server, host",
    "ssh, ftp-tunnel"
  })
  void findsWhatWasMeant(String written, String meant) {
    assertThat(Suggestions.nearest(written, WORDS)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"launch", "", "x", "prefix"})
  void doesNotGuessWhereNothingIsNear(String written) {
    assertThat(Suggestions.nearest(written, WORDS)).isEmpty();
  }

  @Test
  void whatAWordMeansIsSaidWhereItMatters() {
    assertThat(Suggestions.didYouMean("allow", WORDS))
        .isEqualTo("; did you mean \"direct\" (in plaintext)?");
    assertThat(Suggestions.didYouMean("driect", WORDS)).isEqualTo("; did you mean \"direct\"?");
    assertThat(Suggestions.didYouMean("deny", WORDS))
        .isEqualTo("; did you mean \"block\" (refused)?");
    assertThat(Suggestions.didYouMean("stop", List.of("drop", "block")))
        .isEqualTo("; did you mean \"block\"?");
    assertThat(Suggestions.nearest("pubkey", List.of("publickey", "password")))
        .contains("publickey");
    assertThat(Suggestions.nearest("allow", List.of("allow-from", "users"))).contains("allow-from");
  }

  @Property
  void distanceIsSymmetricAndZeroForTheSame(
      @ForAll @StringLength(max = 12) String a, @ForAll @StringLength(max = 12) String b) {
    assertThat(Suggestions.distance(a, b)).isEqualTo(Suggestions.distance(b, a));
    assertThat(Suggestions.distance(a, b) == 0).isEqualTo(a.equals(b));
    assertThat(Suggestions.distance(a, b)).isLessThanOrEqualTo(Math.max(a.length(), b.length()));
  }
}
