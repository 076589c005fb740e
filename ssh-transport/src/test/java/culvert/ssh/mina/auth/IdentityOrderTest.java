package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.mina.auth.IdentityLoader.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityOrderTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final SshAgent AGENT = new SshAgent(Path.of("/nowhere"));

  @TempDir Path directory;
  private final List<KeyFile> files = new ArrayList<>();
  private final List<CertificateFile> certificates = new ArrayList<>();
  private final List<AgentKey> agent = new ArrayList<>();
  private KeyFile ed25519;
  private KeyFile rsa;

  @BeforeEach
  void keys() throws Exception {
    ed25519 = new KeyFiles().load(TestKeys.file("ed25519", directory), Optional.empty());
    rsa = new KeyFiles().load(TestKeys.file("rsa", directory), Optional.empty());
  }

  private static KeyBlob blob(String name) throws Exception {
    ByteArrayBuffer plain = new ByteArrayBuffer();
    plain.putRawPublicKey(TestKeys.publicKey(name));
    return new KeyBlob(plain.getCompactData());
  }

  private static AgentKey inAgent(KeyBlob key) {
    return new AgentKey(AGENT, key, "comment", Duration.ofSeconds(1));
  }

  private static CertificateFile certificate(String name) throws Exception {
    return new CertificateFile(
        Path.of("/" + name + "-cert.pub"), Certificate.of(TestCertificates.user(name)));
  }

  private Loaded order(boolean identitiesOnly) {
    return new IdentityOrder(files, certificates, agent, NOW, List.of())
        .identities(identitiesOnly, List.of());
  }

  private List<KeyBlob> keys(boolean identitiesOnly) {
    return order(identitiesOnly).identities().stream().map(Identity::key).toList();
  }

  @Test
  void namedCertificatesThenNamedKeysOfTheAgentThenItsOthersThenFiles() throws Exception {
    certificates.add(certificate("rsa"));
    files.addAll(List.of(ed25519, rsa));
    agent.addAll(
        List.of(inAgent(blob("ecdsa256")), inAgent(blob("rsa")), inAgent(blob("ecdsa521"))));

    assertThat(keys(false))
        .containsExactly(
            TestCertificates.user("rsa"),
            blob("rsa"),
            blob("ecdsa256"),
            blob("ecdsa521"),
            blob("ed25519"));
    assertThat(keys(true))
        .containsExactly(TestCertificates.user("rsa"), blob("rsa"), blob("ed25519"));
  }

  @Test
  void theCertificateBesideAFileFollowsItsKey() throws Exception {
    files.addAll(List.of(rsa.with(certificate("rsa")), ed25519));

    assertThat(keys(false))
        .containsExactly(blob("rsa"), TestCertificates.user("rsa"), blob("ed25519"));
  }

  @Test
  void aKeyThatTheFileOpensSignsFromThere() throws Exception {
    files.add(ed25519);
    agent.add(inAgent(blob("ed25519")));

    assertThat(order(false).identities())
        .singleElement()
        .satisfies(identity -> assertThat(identity.signer()).isInstanceOf(FileKey.class))
        .satisfies(identity -> assertThat(identity.named()).isTrue());
  }

  @Test
  void theAgentSignsForAFileThatIsLocked() throws Exception {
    files.add(
        KeyFile.withoutPrivateKey(
            Path.of("/id"), Optional.of(blob("rsa")), ": is encrypted (and more)"));
    Loaded without = order(false);
    agent.add(inAgent(blob("rsa")));
    Loaded with = order(false);

    assertThat(without.identities()).isEmpty();
    assertThat(without.problems()).containsExactly("identity file /id: is encrypted (and more)");
    assertThat(with.identities())
        .singleElement()
        .hasToString("/id (" + blob("rsa").fingerprint() + ")");
    assertThat(with.problems()).isEmpty();
  }

  @Test
  void theAgentsCertificateSignsForTheSameOneInAFile() throws Exception {
    certificates.add(certificate("ed25519"));
    agent.add(inAgent(TestCertificates.user("ed25519")));

    assertThat(order(true).identities())
        .singleElement()
        .satisfies(identity -> assertThat(identity.signer().key()).isEqualTo(identity.key()));
  }

  @Test
  void whatNoServerTakesIsAProblemOnce() throws Exception {
    agent.add(inAgent(TestCertificates.user("host")));
    agent.add(inAgent(blob("dsa")));
    agent.add(inAgent(new KeyBlob(new byte[] {0, 0, 0, 1, 'x'})));
    certificates.add(certificate("host"));

    Loaded loaded = order(false);

    assertThat(loaded.problems())
        .containsExactly(
            "certificate file /host-cert.pub: is a host's certificate (expected: a user's)");
    assertThat(loaded.identities())
        .extracting(identity -> identity.key().type())
        .containsExactly("x");
  }

  @Test
  void anRsaCertificateIsShownWithSha2() throws Exception {
    certificates.add(certificate("rsa"));
    files.add(rsa);

    assertThat(order(false).identities().get(0).algorithms(null))
        .containsExactly("rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com");
    assertThat(
            order(false)
                .identities()
                .get(0)
                .algorithms(java.util.Set.of("rsa-sha2-256", "ssh-ed25519")))
        .containsExactly("rsa-sha2-256-cert-v01@openssh.com");
  }
}
