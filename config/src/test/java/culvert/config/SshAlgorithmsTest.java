package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigResult.Loaded;
import culvert.config.read.Loading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code ciphers} and its like change what is offered as in ssh_config(5). */
class SshAlgorithmsTest {
  private static final AlgorithmKind MACS = AlgorithmKind.MACS;
  private static final List<String> STANDARD = MACS.standard();

  private static List<String> macs(String... written) {
    return new SshAlgorithms(List.of(), List.of(written), List.of(), List.of()).offered(MACS);
  }

  @ParameterizedTest
  @EnumSource(AlgorithmKind.class)
  void offersCulvertsOwnWhereNothingIsWritten(AlgorithmKind kind) {
    SshAlgorithms nothing = SshAlgorithms.STANDARD;

    assertThat(nothing.offered(kind)).isEqualTo(kind.standard()).noneMatch(kind::isWeak);
    assertThat(kind.supported()).doesNotHaveDuplicates().containsAll(kind.standard());
  }

  @Test
  void plainNamesReplaceTheList() {
    assertThat(macs("hmac-sha1", "hmac-sha2-256")).containsExactly("hmac-sha1", "hmac-sha2-256");
    assertThat(macs("hmac-sha2-???")).containsExactly("hmac-sha2-256", "hmac-sha2-512");
  }

  @Test
  void plusAppendsWhatIsNotThereYet() {
    List<String> expected = new ArrayList<>(STANDARD);
    expected.add("hmac-sha1");

    assertThat(macs("+hmac-sha1", "+hmac-sha2-256")).isEqualTo(expected);
  }

  @Test
  void minusTakesOut() {
    assertThat(macs("-*-etm@openssh.com")).containsExactly("hmac-sha2-256", "hmac-sha2-512");
    assertThat(macs("-hmac-md5")).isEqualTo(STANDARD);
  }

  @Test
  void circumflexPutsFirst() {
    assertThat(macs("^hmac-sha2-512", "^hmac-sha1"))
        .startsWith("hmac-sha2-512", "hmac-sha1")
        .containsAll(STANDARD)
        .hasSize(STANDARD.size() + 1);
  }

  @Test
  void aDotIsADot() {
    assertThat(macs("-hmac-sha2-256-etm@openssh.com", "-hmac-sha2-256.*")).hasSize(3);
    assertThat(macs("-hmac-sha2-256-etm@opensshXcom")).isEqualTo(STANDARD);
  }

  @ParameterizedTest
  @CsvSource({
    "ciphers, aes128-gcm@opensh.com, aes128-gcm@openssh.com",
    "ciphers, -aes128ctr, aes128-ctr",
    "macs, +hmac-sha256, hmac-sha2-256",
    "kex-algorithms, ^curve25519-sha265, curve25519-sha256",
    "host-key-algorithms, ssh-ed25518, ssh-ed25519"
  })
  void anUnknownNameIsAnErrorThatListsTheKnownOnes(String key, String written, String meant) {
    List<String> problems =
        Loading.problems("profiles: { a: { " + key + ": [\"" + written + "\"] } }");

    AlgorithmKind kind =
        List.of(AlgorithmKind.values()).stream()
            .filter(one -> one.toString().equals(key))
            .findFirst()
            .orElseThrow();
    assertThat(problems)
        .containsExactly(
            "c.yaml:1:%d: %s: %s (expected: of %s; did you mean \"%s\"?)"
                .formatted(
                    21 + key.length(), key, written, String.join(", ", kind.supported()), meant));
  }

  @Test
  void everyUnknownNameIsTold() {
    assertThat(Loading.problems("profiles: { a: { macs: [nothing, hmac-sha2-256, -umac*] } }"))
        .hasSize(2)
        .anyMatch(problem -> problem.startsWith("c.yaml:1:25: macs: nothing (expected: of "))
        .anyMatch(problem -> problem.startsWith("c.yaml:1:49: macs: -umac* (expected: of "));
  }

  @Test
  void nothingLeftIsAnError() {
    assertThat(Loading.problems("profiles: { a: { ciphers: \"-*\" } }"))
        .containsExactly(
            "c.yaml:1:27: ciphers: nothing is left (expected: at least one algorithm)");
  }

  @Test
  void changesDoNotStandBesideAList() {
    assertThat(Loading.problems("profiles: { a: { macs: [hmac-sha2-256, +hmac-sha1] } }"))
        .containsExactly(
            "c.yaml:1:24: macs: names with +, - or ^ beside names without (expected: either"
                + " changes to Culvert's own list, or another list)");
  }

  @Test
  void weakOnesAreAWarning() {
    ConfigResult result =
        Loading.load(
            "profiles:",
            "  a:",
            "    ciphers: [+aes*-cbc, -aes192-cbc]",
            "    macs: +hmac-sha1",
            "    kex-algorithms: [+curve448-sha512, +diffie-hellman-group14-sha1]",
            "    host-key-algorithms: [-ssh-rsa]");

    assertThat(result).isInstanceOf(Loaded.class);
    assertThat(result.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "c.yaml:3:15: warning: ciphers: weak, and offered only because it stands here:"
                + " aes128-cbc, aes256-cbc",
            "c.yaml:4:11: warning: macs: weak, and offered only because it stands here: hmac-sha1",
            "c.yaml:5:40: warning: kex-algorithms: weak, and offered only because it stands here:"
                + " diffie-hellman-group14-sha1");
  }

  @Test
  void theListsReachTheProfile() {
    CulvertConfig config =
        Loading.config(
            "profiles:",
            "  defaults: { ciphers: aes256-ctr, rekey-limit: 64KiB 30m }",
            "  a: { macs: [-hmac-sha2-256*], kex-algorithms: curve25519-sha256,"
                + " host-key-algorithms: ssh-ed25519 }");

    SshProfile profile = config.profiles().get("a");
    assertThat(profile.algorithms())
        .isEqualTo(
            new SshAlgorithms(
                List.of("aes256-ctr"),
                List.of("-hmac-sha2-256*"),
                List.of("curve25519-sha256"),
                List.of("ssh-ed25519")));
    assertThat(profile.rekeyLimit().bytes()).isEqualTo(64 * 1024);
    assertThat(profile.rekeyLimit().time()).hasValue(Duration.ofMinutes(30));
    assertThat(Collections.disjoint(profile.algorithms().offered(MACS), List.of("hmac-sha2-256")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "64KiB 1h 1h|64KiB 1h 1h (expected: a size such as 512MiB, 64GiB, with a duration behind it"
            + " or not: 64GiB 1h)",
        "8KiB|8KiB (expected: 16KiB..1TiB)",
        "2TiB 1h|2TiB (expected: 16KiB..1TiB)",
        "1GiB 500ms|500ms (expected: at least 1s)",
        "1GiB 1|1 (expected: a duration such as 500ms, 15s, 2m, 12h, 7d; did you mean \"1s\"?)",
        "1h|1h (expected: a size such as 512B, 64KiB, 2MiB, 64GiB)"
      })
  void aRekeyLimitIsASizeAndATime(String written, String problem) {
    assertThat(Loading.problems("profiles: { a: { rekey-limit: " + written + " } }"))
        .containsExactly("c.yaml:1:31: rekey-limit: " + problem);
  }
}
