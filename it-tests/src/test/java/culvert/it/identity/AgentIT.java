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
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys in OpenSSH's ssh-agent, logins to OpenSSH's sshd. */
@RealPeers
@Timeout(120)
@AnyTransport
class AgentIT {
  private static final String PUBLICKEY = "authentication: [publickey]";
  private static final String BOTH = "authentication: [publickey, password]";

  @RegisterExtension final Peers peers = new Peers();
  private RealSshd sshd;
  private RealSshAgent agent;
  private Logins logins;

  @BeforeEach
  void start() throws Exception {
    agent = peers.add(RealSshAgent.start());
    serve();
  }

  private void serve(String... options) throws Exception {
    sshd = peers.add(RealSshd.start(options));
    logins = peers.add(new Logins(sshd, peers.directory()));
  }

  private String agentLine() {
    return "identity-agent: " + agent.socket();
  }

  private SshKey key(String name) throws Exception {
    return SshKey.create(peers.directory().resolve(name));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048"})
  void aKeyThatOnlyTheAgentHasLogsIn(String type, String bits) throws Exception {
    SshKey key = SshKey.create(peers.directory().resolve("id"), type, "", "-b", bits);
    sshd.authorize(key.publicLine());
    agent.add(key);
    key.deletePrivateKey();

    assertThat(logins.logIn(PUBLICKEY, agentLine())).isEmpty();
    assertThat(logins.acceptedKeys()).hasSize(1);
    assertThat(logins.refusedKeys()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"ed25519", "ecdsa", "rsa"})
  void aCertificateInTheAgentLogsIn(String type) throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(peers.directory().resolve("ca"));
    serve("TrustedUserCAKeys " + authority.publicFile());
    SshKey key = SshKey.create(peers.directory().resolve("id"), type, "");
    authority.certify(key, "-n", TestAccount.USER);
    agent.add(key);

    assertThat(logins.logIn(PUBLICKEY, agentLine())).isEmpty();
    assertThat(logins.acceptedKeys()).singleElement().asString().contains("-CERT ");
  }

  @Test
  void anAgentThatRefusesToSignCostsOnlyThatKey() throws Exception {
    SshKey first = key("first");
    SshKey second = key("second");
    sshd.authorize(first.publicLine());
    sshd.authorize(second.publicLine());
    agent.add(first, "-c").add(second); // -c asks SSH_ASKPASS, here false(1)

    assertThat(logins.logIn(PUBLICKEY, agentLine())).isEmpty();
    assertThat(logins.course()).contains("first (", "agent does not sign: refused", "second (");
  }

  @Test
  void anAgentThatRefusesToSignTheOnlyKeyIsNoRefusalOfTheServers() throws Exception {
    SshKey key = key("only");
    sshd.authorize(key.publicLine());
    agent.add(key, "-c");

    assertThat(logins.logIn(PUBLICKEY, agentLine()))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
              assertThat(e).hasMessageContaining("agent does not sign: refused");
            });
  }

  @Test
  void anAgentThatAPersonAllowsToSignLogsIn() throws Exception {
    SshKey key = key("id");
    sshd.authorize(key.publicLine());
    try (RealSshAgent asking = RealSshAgent.start("/bin/true")) {
      asking.add(key, "-c");

      assertThat(logins.logIn(PUBLICKEY, "identity-agent: " + asking.socket())).isEmpty();
    }
  }

  @Test
  void aLockedAgentLeavesThePassword() throws Exception {
    agent.add(key("id"));
    agent.lock();

    assertThat(logins.logInWithPassword(TestAccount.password(), BOTH, agentLine())).isEmpty();
    assertThat(logins.course())
        .contains("agent " + agent.socket() + " holds no keys, or is locked");
  }

  @Test
  void aFrozenAgentLeavesThePassword() throws Exception {
    agent.freeze();

    assertThat(logins.logInWithPassword(TestAccount.password(), BOTH, agentLine())).isEmpty();
    assertThat(logins.course())
        .contains("agent " + agent.socket() + ": did not answer within 2000 ms");
  }

  @Test
  void aMissingAgentLeavesThePassword() throws Exception {
    Path nowhere = peers.directory().resolve("nowhere");

    assertThat(logins.logInWithPassword(TestAccount.password(), BOTH, "identity-agent: " + nowhere))
        .isEmpty();
    assertThat(logins.course()).contains("agent " + nowhere + ": No such file or directory");
  }

  @Test
  void aMissingAgentIsWhyThereIsNothingToLogInWith() throws Exception {
    Path nowhere = peers.directory().resolve("nowhere");

    assertThat(logins.logIn(PUBLICKEY, "identity-agent: " + nowhere))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
              assertThat(e).hasMessageContaining("agent " + nowhere + ": No such file");
            });
  }

  @Test
  void aFrozenAgentIsNotAnEmptyOne() throws Exception {
    agent.freeze();

    assertThat(logins.logIn(PUBLICKEY, agentLine()))
        .map(SshException::failure)
        .contains(SshFailure.LOGIN_UNFINISHED);
  }

  /** It lists no keys, as an empty one. */
  @Test
  void aLockedAgentThatShouldHaveANamedKeyIsNotAnEmptyOne() throws Exception {
    SshKey key = key("id");
    agent.add(key);
    key.deletePrivateKey();
    agent.lock();

    assertThat(logins.logIn(PUBLICKEY, agentLine(), "identity-file: " + key.publicFile()))
        .map(SshException::failure)
        .contains(SshFailure.LOGIN_UNFINISHED);
    assertThat(logins.logIn(PUBLICKEY, agentLine()))
        .map(SshException::failure)
        .contains(SshFailure.NO_IDENTITY);
  }

  @Test
  void theAgentOpensAnEncryptedFileAndAPublicOne() throws Exception {
    SshKey encrypted = SshKey.create(peers.directory().resolve("encrypted"), "ed25519", "");
    SshKey pem = SshKey.create(peers.directory().resolve("pem"), "ecdsa", "", "-m", "PEM");
    SshKey publicOnly = key("public");
    agent.add(encrypted).add(pem).add(publicOnly).add(key("other"));
    for (SshKey key : new SshKey[] {encrypted, pem}) {
      key.encrypt("secret");
    }
    publicOnly.deletePrivateKey();

    for (SshKey key : new SshKey[] {encrypted, pem, publicOnly}) {
      for (Path file : new Path[] {key.path(), key.publicFile()}) {
        sshd.authorizeOnly(key.publicLine());
        assertThat(
                logins.logIn(
                    PUBLICKEY, agentLine(), "identities-only: true", "identity-file: " + file))
            .as(file.toString())
            .isEmpty();
      }
    }
    assertThat(logins.refusedKeys()).isEmpty();
  }

  @Test
  void identitiesOnlyTriesNoKeyThatNothingNames() throws Exception {
    SshKey named = key("named");
    agent.add(key("a")).add(key("b")).add(named);
    String file = "identity-file: " + named.publicFile();

    assertThat(logins.logIn(PUBLICKEY, agentLine(), file, "identities-only: true")).isPresent();
    assertThat(logins.refusedKeys()).hasSize(1);

    assertThat(logins.logIn(PUBLICKEY, agentLine(), file)).isPresent();
    assertThat(logins.refusedKeys()).hasSize(4);
    assertThat(logins.refusedKeys().get(1)).isEqualTo(logins.refusedKeys().get(0));
  }

  @Test
  void manyKeysInTheAgentLeaveThePasswordItsTry() throws Exception {
    for (int i = 0; i < 8; i++) {
      agent.add(key("key" + i));
    }

    assertThat(logins.logInWithPassword(TestAccount.password(), agentLine())).isEmpty();
    assertThat(logins.refusedKeys()).hasSize(5);
    assertThat(logins.course())
        .contains("3 of 8 keys not tried, to leave tries for the password", "password: accepted");
  }

  @Test
  void aNamedKeyIsTriedHoweverManyTheAgentHas() throws Exception {
    for (int i = 0; i < 8; i++) {
      agent.add(key("key" + i));
    }
    SshKey named = key("named");
    sshd.authorize(named.publicLine());

    assertThat(logins.logInWithPassword("wrong", agentLine(), "identity-file: " + named.path()))
        .isEmpty();
  }

  @Test
  void aServerWithALowerLimitIsARefusalThatSaysWhatToDo() throws Exception {
    serve("MaxAuthTries 3");
    for (int i = 0; i < 8; i++) {
      agent.add(key("key" + i));
    }

    assertThat(logins.logInWithPassword(TestAccount.password(), agentLine()))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.AUTH_FAILED);
              assertThat(e)
                  .hasMessage(
                      "SSH login as "
                          + TestAccount.USER
                          + " at 127.0.0.1 refused: too many tries for this server, 3 of them with"
                          + " keys (identities-only: true tries none but those that the profile"
                          + " names)");
            });
  }

  @Test
  void anAgentThatFreezesBetweenListAndSignatureEndsNothing() throws Exception {
    SshKey key = key("id");
    sshd.authorize(key.publicLine());
    try (RealSshAgent asking = RealSshAgent.start(hangingAskpass())) {
      asking.add(key, "-c");

      assertThat(
              logins.logInWithPassword(
                  TestAccount.password(),
                  BOTH,
                  "identity-agent: " + asking.socket(),
                  "login-timeout: 8s"))
          .isEmpty();
      assertThat(logins.course())
          .containsPattern("agent does not sign: did not answer within (4000|3\\d\\d\\d) ms");
    }
  }

  private String hangingAskpass() throws Exception {
    return Scripts.write(peers.directory().resolve("askpass"), "#!/bin/sh", "exec sleep 60");
  }

  @Test
  void anEmptyAgentAndNoPasswordIsNothingToLogInWith() throws Exception {
    assertThat(logins.logIn(agentLine()))
        .map(SshException::failure)
        .contains(SshFailure.NO_IDENTITY);
  }
}
