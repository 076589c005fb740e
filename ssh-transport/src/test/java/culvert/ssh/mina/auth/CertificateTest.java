package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateTest {
  private static final Instant VALID = Instant.parse("2026-06-01T00:00:00Z");

  private static Certificate certificate(String name) throws IOException {
    return Certificate.of(TestCertificates.user(name));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa"})
  void itCertifiesItsKey(String name) throws Exception {
    Certificate certificate = certificate(name);

    ByteArrayBuffer plain = new ByteArrayBuffer();
    plain.putRawPublicKey(TestKeys.publicKey(name));
    assertThat(certificate.key()).isEqualTo(new KeyBlob(plain.getCompactData()));
    assertThat(certificate.user()).isTrue();
    assertThat(certificate.keyId()).isEqualTo("job of alice");
    assertThat(certificate.principals()).isEqualTo(List.of("alice", "bob"));
    assertThat(certificate.obstacle(VALID)).isEmpty();
    assertThat(certificate).hasToString("key ID \"job of alice\", principals [alice, bob]");
  }

  @Test
  void itIsGoodFromItsFirstSecondToTheOneBeforeItsLast() throws Exception {
    Certificate certificate = certificate("ed25519");

    assertThat(certificate.obstacle(Instant.parse("2019-12-31T23:59:59Z")))
        .contains("is not valid before 2020-01-01T00:00:00Z");
    assertThat(certificate.obstacle(Instant.parse("2020-01-01T00:00:00Z"))).isEmpty();
    assertThat(certificate.obstacle(Instant.parse("2039-12-31T23:59:59Z"))).isEmpty();
    assertThat(certificate.obstacle(Instant.parse("2040-01-01T00:00:00Z")))
        .contains("has expired: was valid until 2040-01-01T00:00:00Z");
  }

  @Test
  void oneForEverIsAlwaysGood() throws Exception {
    assertThat(certificate("forever").obstacle(Instant.EPOCH)).isEmpty();
    assertThat(certificate("forever").obstacle(Instant.MAX)).isEmpty();
  }

  @Test
  void aHostsIsNone() throws Exception {
    assertThat(certificate("host").obstacle(VALID))
        .contains("is a host's certificate (expected: a user's)");
  }

  @Test
  void aPublicKeyIsNone() throws Exception {
    ByteArrayBuffer plain = new ByteArrayBuffer();
    plain.putRawPublicKey(TestKeys.publicKey("rsa"));
    KeyBlob key = new KeyBlob(plain.getCompactData());

    assertThatThrownBy(() -> Certificate.of(key))
        .hasMessage("is a public key of type ssh-rsa (expected: a certificate)");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519",
        "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512",
        "sk-ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com",
        "rsa-sha2-256,rsa-sha2-256"
      })
  void itsAlgorithmSignsAsThePlainOne(String names) {
    assertThat(Certificate.plain(names.split(",", -1)[0])).isEqualTo(names.split(",", -1)[1]);
  }
}
