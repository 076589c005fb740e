package culvert.it.identity;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.Peers;
import culvert.it.peers.CertificateAuthority;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshAgent;
import culvert.it.peers.RealSshd;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import culvert.ssh.SshFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of ssh-keygen, for an sshd that trusts their authority and no key. */
@RealPeers
@Timeout(120)
@AnyTransport
class CertificateIT {
  private static final String PUBLICKEY = "authentication: [publickey]";

  @RegisterExtension final Peers peers = new Peers();
  private CertificateAuthority authority;
  private RealSshd sshd;
  private Logins logins;

  @BeforeEach
  void start() throws Exception {
    authority = CertificateAuthority.create(peers.directory().resolve("ca"));
    start("TrustedUserCAKeys " + authority.publicFile());
  }

  private void start(String... options) throws Exception {
    sshd = peers.add(RealSshd.start(options));
    logins = peers.add(new Logins(sshd, peers.directory()));
  }

  private SshKey key(String name, String... options) throws Exception {
    return SshKey.create(peers.directory().resolve(name), "ed25519", "", options);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048"})
  void theCertificateOfAKeyInAFileLogsIn(String type, String bits) throws Exception {
    SshKey key = SshKey.create(peers.directory().resolve("id"), type, "", "-b", bits);
    Path certificate =
        authority.certifyTo(peers.directory().resolve("named.pub"), key, "-n", TestAccount.USER);

    assertThat(
            logins.logIn(
                PUBLICKEY, "identity-file: " + key.path(), "certificate-file: " + certificate))
        .isEmpty();
    assertThat(logins.acceptedKeys())
        .singleElement()
        .asString()
        .startsWith(type.toUpperCase(java.util.Locale.ROOT) + "-CERT ")
        .contains("ID culvert job");
    assertThat(logins.refusedKeys()).isEmpty();
  }

  @Test
  void anRsaCertificateSignsWithSha512() throws Exception {
    start(
        "TrustedUserCAKeys " + authority.publicFile(),
        "PubkeyAcceptedAlgorithms rsa-sha2-512-cert-v01@openssh.com");
    SshKey key = SshKey.create(peers.directory().resolve("id"), "rsa", "");
    authority.certify(key, "-n", TestAccount.USER);

    assertThat(
            logins.logIn(
                PUBLICKEY,
                "identity-file: " + key.path(),
                "certificate-file: " + key.certificate()))
        .isEmpty();
  }

  @ParameterizedTest(name = "encrypted: {0}")
  @ValueSource(booleans = {false, true})
  void theCertificateBesideAnIdentityFileIsFound(boolean encrypted) throws Exception {
    SshKey key = key("id");
    if (encrypted) {
      key.encrypt("secret");
    }
    authority.certify(key, "-n", TestAccount.USER);
    Path passphrase = Files.writeString(peers.directory().resolve("passphrase"), "secret\n");

    assertThat(
            logins.logIn(
                PUBLICKEY,
                "identity-file: " + key.path(),
                "identity-passphrase: \"${file:" + passphrase + "}\""))
        .isEmpty();
    assertThat(logins.acceptedKeys()).singleElement().asString().startsWith("ED25519-CERT ");
  }

  @ParameterizedTest(name = "identities-only: {0}")
  @ValueSource(booleans = {false, true})
  void theAgentSignsForACertificateInAFile(boolean only) throws Exception {
    SshKey key = key("id");
    try (RealSshAgent agent = RealSshAgent.start()) {
      agent.add(key).add(key("other"));
      key.deletePrivateKey();
      Path certificate =
          authority.certifyTo(peers.directory().resolve("named.pub"), key, "-n", TestAccount.USER);

      assertThat(
              logins.logIn(
                  PUBLICKEY,
                  "identity-agent: " + agent.socket(),
                  "certificate-file: " + certificate,
                  "identities-only: " + only))
          .isEmpty();
      assertThat(logins.acceptedKeys()).singleElement().asString().startsWith("ED25519-CERT ");
      assertThat(logins.refusedKeys()).isEmpty();
    }
  }

  @Test
  void aPrincipalOfTheServersChoiceLogsIn() throws Exception {
    Path principals =
        Files.writeString(
            peers.home().resolve("principals"), "job-runner\n"); // read by the account
    start("TrustedUserCAKeys " + authority.publicFile(), "AuthorizedPrincipalsFile " + principals);
    SshKey key = key("id");
    authority.certify(key, "-n", "job-runner");

    assertThat(logins.logIn(PUBLICKEY, "identity-file: " + key.path())).isEmpty();
  }

  @Test
  void ofAnotherPrincipalIsARefusalWhoseCourseNamesThem() throws Exception {
    SshKey key = key("id");
    authority.certify(key, "-n", "somebody,else");

    assertThat(logins.logIn(PUBLICKEY, "identity-file: " + key.path()))
        .map(e -> e.failure())
        .contains(SshFailure.AUTH_FAILED);
    assertThat(logins.course())
        .contains("(certificate, key ID \"culvert job\", principals [somebody, else], SHA256:");
    assertThat(logins.refusedKeys()).hasSize(2); // the key itself, and the certificate
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "-V,20200101000000Z:20210101000000Z,has expired: was valid until 2021-01-01T00:00:00Z",
    "-V,20900101000000Z:20910101000000Z,is not valid before 2090-01-01T00:00:00Z",
    "-V,always:forever -h,is a host's certificate (expected: a user's)"
  })
  void whatNoServerTakesIsSaidAndNotShown(String option, String value, String problem)
      throws Exception {
    SshKey key = key("id");
    String[] options = (option + " " + value + " -n " + TestAccount.USER).split(" ");
    authority.certify(key, options);
    try (RealSshAgent agent = RealSshAgent.start()) {
      agent.add(key);
      key.deletePrivateKey();

      assertThat(
              logins.logIn(
                  PUBLICKEY,
                  "identity-agent: " + agent.socket(),
                  "identities-only: true",
                  "certificate-file: " + key.certificate()))
          .hasValueSatisfying(
              e -> {
                assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
                assertThat(e)
                    .hasMessageEndingWith(
                        "; certificate file " + key.certificate() + ": " + problem);
              });
      assertThat(sshd.sessions()).isZero();
    }
  }

  @Test
  void ofAKeyThatNobodyHasIsSaid() throws Exception {
    SshKey key = key("id");
    SshKey other = key("other");
    Path certificate =
        authority.certifyTo(peers.directory().resolve("named.pub"), other, "-n", TestAccount.USER);

    assertThat(
            logins.logIn(
                PUBLICKEY, "identity-file: " + key.path(), "certificate-file: " + certificate))
        .map(e -> e.failure())
        .contains(SshFailure.AUTH_FAILED); // the key itself was tried
    assertThat(logins.course())
        .contains(
            "certificate file " + certificate + ": is for the key ssh-ed25519 SHA256:",
            ", which neither an identity-file nor the agent has");
    assertThat(logins.refusedKeys()).hasSize(1);
  }

  @Test
  void thatIsMissingOrNoneIsSaid() throws Exception {
    SshKey key = key("id");
    Path missing = peers.directory().resolve("missing");

    assertThat(
            logins.logIn(
                PUBLICKEY, "certificate-file: [" + missing + ", " + key.publicFile() + "]"))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
              assertThat(e)
                  .hasMessageEndingWith(
                      "; certificate file "
                          + missing
                          + " does not exist; certificate file "
                          + key.publicFile()
                          + ": is a public key of type ssh-ed25519 (expected: a certificate)");
            });
  }
}
