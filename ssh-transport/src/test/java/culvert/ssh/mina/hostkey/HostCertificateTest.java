package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.HostKeyPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.OpenSshCertificate.CertificateOption;
import org.apache.sshd.common.config.keys.OpenSshCertificateImpl;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;

/** What a certificate is worth; the host is ftp.example, its key ed25519, the authority's ECDSA. */
class HostCertificateTest {
  private static final Path FILE = Path.of("known_hosts");
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final String AUTHORITY = "@cert-authority *.example ";

  @TempDir Path directory;

  private OpenSshCertificateBuilder valid() throws Exception {
    return valid(OpenSshCertificateBuilder.hostCertificate());
  }

  private OpenSshCertificateBuilder valid(OpenSshCertificateBuilder builder) throws Exception {
    return builder
        .id("ftp's")
        .serial(1L)
        .publicKey(Keys.pair("ed25519", directory).getPublic())
        .nonce(new byte[32])
        .principals(List.of("other.example", "ftp.example"))
        .validAfter(NOW.minusSeconds(60))
        .validBefore(NOW.plusSeconds(60));
  }

  private HostCertificate signed(OpenSshCertificateBuilder certificate) throws Exception {
    return HostCertificate.of(certificate.sign(authority("ecdsa256")));
  }

  private KeyPair authority(String name) throws Exception {
    return Keys.pair(name, directory);
  }

  private static KnownHost known(String... lines) {
    return knownAs(LookupNames.of("ftp.example", 22), lines);
  }

  private static KnownHost knownAs(LookupNames names, String... lines) {
    byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    return KnownHosts.of(new KnownHostsText(FILE, content)).lookup(names);
  }

  private static HostKeyVerdict judge(KnownHost known, HostCertificate shown, boolean acceptNew) {
    return known.judge(shown, acceptNew, NOW, HostKeyAlgorithms.STANDARD);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ecdsa256", "ecdsa384", "ecdsa521", "ed25519", "rsa"})
  void aCertificateOfAKnownAuthorityIsEnough(String name) throws Exception {
    OpenSshCertificate certificate =
        name.equals("rsa")
            ? valid().sign(authority(name), "rsa-sha2-512")
            : valid().sign(authority(name));

    HostKeyVerdict verdict =
        judge(known(AUTHORITY + Keys.text(name)), HostCertificate.of(certificate), false);

    assertThat(verdict).isInstanceOf(HostKeyVerdict.Certified.class);
    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.namesToWrite()).isEmpty();
    assertThat(verdict.message())
        .startsWith("host key of ftp.example is certified (certificate ftp's of ED25519 SHA256:")
        .endsWith("known_hosts:1)");
  }

  static Stream<Arguments> objections() {
    return Stream.of(
        unfit("not valid before 2026-11-28T12:00:01Z", b -> b.validAfter(NOW.plusSeconds(1))),
        unfit("expired at 2026-11-28T12:00:00Z", b -> b.validBefore(NOW)),
        unfit("not for ftp.example", b -> b.principals(List.of("www.example"))),
        unfit("not for ftp.example", b -> b.principals(List.of("*.example"))),
        unfit("not for ftp.example", b -> b.principals(List.of("FTP.example"))),
        unfit("not for ftp.example", b -> b.principals(List.of())),
        unfit(
            "has critical options, which no host certificate has",
            b -> b.criticalOptions(List.of(new CertificateOption("unheard-of", "yes")))));
  }

  private static Arguments unfit(String objection, Consumer<OpenSshCertificateBuilder> change) {
    return Arguments.of(objection, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("objections")
  void anUnfitCertificateCountsAsItsPlainKey(
      String objection, Consumer<OpenSshCertificateBuilder> change) throws Exception {
    OpenSshCertificateBuilder builder = valid();
    change.accept(builder);
    HostCertificate unfit = signed(builder);
    String authority = AUTHORITY + Keys.text("ecdsa256");

    for (boolean acceptNew : new boolean[] {false, true}) {
      HostKeyVerdict uncertified = judge(known(authority), unfit, acceptNew);
      assertThat(uncertified.accepted()).isFalse();
      assertThat(uncertified.namesToWrite()).isEmpty();
      assertThat(uncertified.message())
          .startsWith("host key of ftp.example changed (expected a certificate by ECDSA SHA256:")
          .contains("known_hosts:1; got " + Keys.ED25519 + "): not sending credentials")
          .endsWith("does not count: " + objection + "]");
    }
    assertThat(
            judge(known(authority, "ftp.example " + Keys.text("ed25519")), unfit, false).accepted())
        .isTrue();
    HostKeyVerdict changed =
        judge(known(authority, "ftp.example " + Keys.text("rsa")), unfit, true);
    assertThat(changed.accepted()).isFalse();
    assertThat(changed.message()).contains("changed");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "@cert-authority ftp.example ",
        "@cert-authority *.example ",
        "@cert-authority * ",
        "@cert-authority |1|ASXtlXsXPRX+BS466mviJSwIPxs=|QYABZy7FCtU5GxrcYNyEWgAh8fc= ",
      })
  void aPlainKeyOfAHostThatIsKnownByItsAuthorityIsChanged(String authority) throws Exception {
    String line = authority + Keys.text("ecdsa256");

    for (boolean acceptNew : new boolean[] {false, true}) {
      for (int port : new int[] {22, 2222}) {
        KnownHost known = knownAs(LookupNames.of("ftp.example", port), line);
        assertThat(known.judge(Keys.ED25519, acceptNew))
            .isInstanceOf(HostKeyVerdict.NotCertified.class)
            .matches(verdict -> !verdict.accepted() && verdict.namesToWrite().isEmpty());
        assertThat(known.judge(Keys.ECDSA, acceptNew).accepted()).as("the authority's").isFalse();
      }
      assertThat(known(line, "ftp.example " + Keys.text("ed25519")).judge(Keys.ED25519, acceptNew))
          .as("listed too")
          .isInstanceOf(HostKeyVerdict.Known.class);
    }
    if (!authority.contains("* ")) {
      assertThat(knownAs(LookupNames.of("www.org", 22), line).judge(Keys.RSA, true).accepted())
          .as("no host of that authority")
          .isTrue();
    }
  }

  @Test
  void aCertificateOfNobodyKnownForAHostThatIsNotKnownCountsAsItsPlainKey() throws Exception {
    HostKeyVerdict verdict = judge(known(), signed(valid()), true);

    assertThat(verdict.namesToWrite()).containsExactly("ftp.example");
  }

  @Test
  void aUsersCertificateIsNoHosts() throws Exception {
    HostCertificate users = signed(valid(OpenSshCertificateBuilder.userCertificate()));

    HostKeyVerdict verdict = judge(known(AUTHORITY + Keys.text("ecdsa256")), users, false);

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message()).endsWith("does not count: not a host certificate]");
  }

  @Test
  void aCertificateSignedWithSha1CountsAsItsPlainKey() throws Exception {
    HostCertificate weak = HostCertificate.of(valid().sign(authority("rsa"), "ssh-rsa"));

    HostKeyVerdict verdict = judge(known(AUTHORITY + Keys.text("rsa")), weak, false);

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message()).endsWith("does not count: signed with ssh-rsa]");
  }

  @Test
  void aCertificateOfAnotherAuthorityCountsAsItsPlainKey() throws Exception {
    HostKeyVerdict verdict = judge(known(AUTHORITY + Keys.text("rsa")), signed(valid()), false);

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message()).endsWith("does not count: its authority is not known]");
  }

  @Test
  void aForgedCertificateEndsItEvenWhereThePlainKeyIsKnown() throws Exception {
    OpenSshCertificateImpl forged =
        (OpenSshCertificateImpl)
            valid().principals(List.of("www.example")).sign(authority("ecdsa256"));
    OpenSshCertificate good = valid().sign(authority("ecdsa256"));
    forged.setPrincipals(good.getPrincipals());
    forged.setMessage(good.getMessage());

    HostKeyVerdict verdict =
        judge(
            known(AUTHORITY + Keys.text("ecdsa256"), "ftp.example " + Keys.text("ed25519")),
            HostCertificate.of(forged),
            true);

    assertThat(verdict).isInstanceOf(HostKeyVerdict.BadCertificate.class);
    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message())
        .startsWith("host key of ftp.example is badly certified (")
        .contains("has not signed it): not sending credentials");
  }

  @Test
  void aRevokedAuthorityOrKeyEndsIt() throws Exception {
    String authority = AUTHORITY + Keys.text("ecdsa256");
    String known = "ftp.example " + Keys.text("ed25519");

    for (String revoked : List.of("ecdsa256", "ed25519")) {
      HostKeyVerdict verdict =
          judge(known(authority, known, "@revoked * " + Keys.text(revoked)), signed(valid()), true);
      assertThat(verdict).as(revoked).isInstanceOf(HostKeyVerdict.Revoked.class);
      assertThat(verdict.message()).contains("known_hosts:3");
    }
  }

  @Test
  void aPlainKeyOfATypeThatWasNotProposedDoesNotCount() throws Exception {
    HostKeyAlgorithms certificatesOnly =
        new HostKeyAlgorithms(List.of(BuiltinSignatures.ed25519_cert));
    KnownHost known = known("ftp.example " + Keys.text("ed25519"));

    assertThat(known.judge(signed(valid()), true, NOW, certificatesOnly))
        .isInstanceOf(HostKeyVerdict.BadCertificate.class);
  }

  @Test
  void anAuthorityOfTheBareHostServesItsPorts() throws Exception {
    KnownHost known =
        knownAs(
            LookupNames.of("ftp.example", 2222),
            "@cert-authority ftp.example " + Keys.text("ecdsa256"));

    assertThat(judge(known, signed(valid()), false)).isInstanceOf(HostKeyVerdict.Certified.class);
  }

  @Test
  void theCertificateOfAnAliasedHostIsForTheAlias() throws Exception {
    LookupNames names =
        LookupNames.of(
            new HostKeyPolicy(false, List.of(FILE), Optional.of("ftp.example"), false),
            "10.0.0.1",
            2222,
            Optional.empty());

    assertThat(judge(knownAs(names, AUTHORITY + Keys.text("ecdsa256")), signed(valid()), false))
        .isInstanceOf(HostKeyVerdict.Certified.class);
  }

  @Test
  void theVerifierJudgesByItsClockAndNeverTakesTheAuthoritysKeyForTheHosts() throws Exception {
    OpenSshCertificate certificate = valid().sign(authority("ecdsa256"));
    KnownHost known = known(AUTHORITY + Keys.text("ecdsa256"));
    Map<Instant, Boolean> times =
        Map.of(NOW, true, NOW.plusSeconds(60), false, NOW.minusSeconds(61), false);

    times.forEach(
        (time, accepted) -> {
          HostKeyVerifier verifier =
              new HostKeyVerifier(
                  known, false, HostKeyAlgorithms.STANDARD, Clock.fixed(time, ZoneOffset.UTC));
          assertThat(verifier.verifyServerKey(Mockito.mock(ClientSession.class), null, certificate))
              .as(time.toString())
              .isEqualTo(accepted);
          assertThat(verifier.toRemember()).isEmpty();
        });
    HostKeyVerifier acceptsNew =
        new HostKeyVerifier(
            known(), true, HostKeyAlgorithms.STANDARD, Clock.fixed(NOW, ZoneOffset.UTC));
    acceptsNew.verifyServerKey(Mockito.mock(ClientSession.class), null, certificate);
    assertThat(acceptsNew.toRemember()).contains(Keys.ED25519);
  }
}
