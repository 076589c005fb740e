package culvert.ssh.mina.auth;

import static culvert.config.AuthMethod.KEYBOARD_INTERACTIVE;
import static culvert.config.AuthMethod.PASSWORD;
import static culvert.config.AuthMethod.PUBLICKEY;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.mina.auth.LoginFixture.Round;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoginTest {
  @TempDir Path directory;
  private LoginFixture ssh;

  @BeforeEach
  void start() throws Exception {
    ssh = new LoginFixture();
  }

  @AfterEach
  void stop() throws Exception {
    ssh.close();
  }

  private static void assertRefused(Optional<SshException> outcome) {
    assertThat(outcome)
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.AUTH_FAILED);
              assertThat(e).hasMessage("SSH login as alice at 127.0.0.1 refused");
            });
  }

  private static void assertUnfinished(Optional<SshException> outcome) {
    assertThat(outcome)
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
              assertThat(e.failure().fallbackReason()).isEmpty();
            });
  }

  private static void assertUnfinished(Optional<SshException> outcome, String why) {
    assertUnfinished(outcome);
    assertThat(outcome)
        .get()
        .extracting(SshException::getMessage)
        .isEqualTo("SSH login as alice at 127.0.0.1 not finished: " + why);
  }

  @Test
  void aRightPasswordLogsIn() throws Exception {
    ssh.password("secret");

    assertThat(ssh.login(Profiles.with(PASSWORD), "secret")).isEmpty();
    assertThat(ssh.seen()).containsExactly("password:secret");
    assertThat(ssh.course()).startsWith("password: accepted; server offers ");
  }

  @Test
  void aWrongPasswordIsSentOnceAndRefused() throws Exception {
    ssh.password("secret");

    assertRefused(ssh.login(Profiles.with(PASSWORD), "wrong"));
    assertThat(ssh.seen()).containsExactly("password:wrong");
    assertThat(ssh.course()).contains("password: refused", "server offers");
  }

  @Test
  void theProfilesPasswordIsUsed() throws Exception {
    ssh.password("configured");

    assertThat(ssh.login(Profiles.with(PASSWORD).password("configured"))).isEmpty();
  }

  @Test
  void aPasswordInTheProfilesCharsetArrivesAsUtf8() throws Exception {
    ssh.password("pässwörd€");

    byte[] octets = "pässwörd€".getBytes(Charset.forName("windows-1252"));
    assertThat(ssh.login(Profiles.with(PASSWORD), octets)).isEmpty();
  }

  @Test
  void aPasswordInUtf8ArrivesUnchanged() throws Exception {
    ssh.password("pässwörd€😀");

    assertThat(ssh.login(Profiles.with(PASSWORD), "pässwörd€😀")).isEmpty();
  }

  private static final String EXPIRED = "password: expired: the server wants it changed first";

  /** The server takes it, and would have gone on with a new one. */
  @Test
  void anExpiredPasswordIsNotChangedAndIsNoRefusal() throws Exception {
    ssh.password("secret").expiredPassword();

    assertUnfinished(ssh.login(Profiles.with(PASSWORD), "secret"), EXPIRED);
    assertThat(ssh.course()).contains("password: expired");
    assertThat(ssh.seen()).containsExactly("password:secret");
  }

  @Test
  void whatIsRefusedAfterAnExpiredPasswordMakesNoRefusalOfIt() throws Exception {
    ssh.password("secret").expiredPassword().rounds(Round.asking("Password: ", "Code: "));
    Path key = TestKeys.file("ed25519", directory);

    assertUnfinished(ssh.login(Profiles.with(PASSWORD, PUBLICKEY).keys(key), "secret"), EXPIRED);
    assertUnfinished(
        ssh.login(Profiles.with(PUBLICKEY, KEYBOARD_INTERACTIVE, PASSWORD).keys(key), "secret"),
        EXPIRED);
  }

  @Test
  void aKeyMayLogInWhereThePasswordHasExpired() throws Exception {
    ssh.expiredPassword().authorizes(TestKeys.publicKey("ed25519"));
    Path key = TestKeys.file("ed25519", directory);

    assertThat(ssh.login(Profiles.with(PASSWORD, PUBLICKEY).keys(key), "secret")).isEmpty();
  }

  @Test
  void anExpiredPasswordIsNoRefusalOnEitherSideOfAPartialSuccess() throws Exception {
    ssh.authorizes(TestKeys.publicKey("ed25519")).requires("publickey,password");
    Path key = TestKeys.file("ed25519", directory);

    ssh.expiredPassword();
    assertUnfinished(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).keys(key), "secret"), EXPIRED);

    ssh.requires("publickey,password password,publickey").expiredPasswordOnce();
    assertUnfinished(ssh.login(Profiles.with(PASSWORD, PUBLICKEY).keys(key), "secret"), EXPIRED);
    assertThat(ssh.course()).contains("partial success; password: refused");
  }

  @Test
  void aConnectionThatBreaksAfterAnExpiredPasswordIsNotAnUnreachableServer() throws Exception {
    ssh.expiredPassword().hangsUpOnKey();

    assertUnfinished(
        ssh.login(
            Profiles.with(PASSWORD, PUBLICKEY).keys(TestKeys.file("ed25519", directory)), "secret"),
        EXPIRED);
  }

  @Test
  void aConnectionThatBreaksAfterAQuestionThatWasNotAnsweredIsNotAnUnreachableServer()
      throws Exception {
    ssh.rounds(Round.asking("Password: ", "Code: ")).hangsUpOnKey();
    Path key = TestKeys.file("ed25519", directory);

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PUBLICKEY).keys(key), "secret"),
        "keyboard-interactive: server asks 2 questions (expected: one, for the password)");
  }

  /** As PAM asks for a new one, with its words before the question or in a round of their own. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"Current password: ", "New password: |Retype: "})
  void keyboardInteractiveThatWantsANewPasswordSaysInTheServersWords(String questions)
      throws Exception {
    String[] asked = questions.split("\\|");
    asked[0] = "Your password has expired.\r\n" + asked[0];
    ssh.password("secret").rounds(Round.asking("Password: "), Round.asking(asked));

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "secret"),
        "keyboard-interactive: server asks for more than the password: "
            + "Your password has expired. "
            + asked[0].substring(asked[0].indexOf('\n') + 1).strip());
    assertThat(ssh.seen()).containsExactly("keyboard-interactive", "answers:[secret]");
  }

  @Test
  void keyboardInteractiveAnswersOneHiddenQuestion() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: "));

    assertThat(ssh.login(Profiles.with(KEYBOARD_INTERACTIVE), "secret")).isEmpty();
    assertThat(ssh.seen()).containsExactly("keyboard-interactive", "answers:[secret]");
  }

  @Test
  void keyboardInteractiveAnswersRoundsWithoutQuestions() throws Exception {
    ssh.password("secret").rounds(Round.asking(), Round.asking("Password: "), Round.asking());

    assertThat(ssh.login(Profiles.with(KEYBOARD_INTERACTIVE), "secret")).isEmpty();
    assertThat(ssh.seen())
        .containsExactly("keyboard-interactive", "answers:[]", "answers:[secret]", "answers:[]");
  }

  @Test
  void twoQuestionsGetNoAnswer() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: ", "Code: "));

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE), "secret"),
        "keyboard-interactive: server asks 2 questions (expected: one, for the password)");
    assertThat(ssh.seen()).containsExactly("keyboard-interactive");
    assertThat(ssh.course()).contains("server asks 2 questions (expected: one, for the password)");
  }

  @Test
  void aQuestionWithEchoGetsNoAnswer() throws Exception {
    ssh.password("secret").rounds(Round.asking("+Account: "));

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE), "secret"),
        "keyboard-interactive: server's question is not one for a password: the answer is echoed");
    assertThat(ssh.seen()).containsExactly("keyboard-interactive");
  }

  @Test
  void aSecondRoundForACodeGetsNoPassword() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: "), Round.asking("Code: "));

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "secret"),
        "keyboard-interactive: server asks for more than the password: Code:");
    assertThat(ssh.seen()).containsExactly("keyboard-interactive", "answers:[secret]");
    assertThat(ssh.course()).contains("server asks for more than the password");
  }

  /** It has shown that this login needs more, so the method need not be for anybody. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"Password: |Code: ", "+Account: "})
  void aPasswordThatIsRefusedAfterAServerHasAskedForMoreIsNoRefusal(String questions)
      throws Exception {
    ssh.password("secret").rounds(Round.asking(questions.split("\\|")));

    assertUnfinished(ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "wrong"));
    assertThat(ssh.course()).contains("keyboard-interactive: server", "; password: refused");
    assertThat(ssh.seen()).containsExactly("keyboard-interactive", "password:wrong");
  }

  @Test
  void aPasswordThatIsRefusedAfterRoundsWithoutEndIsNoRefusal() throws Exception {
    ssh.password("secret").rounds(Collections.nCopies(20, Round.asking()).toArray(Round[]::new));

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "wrong"),
        "keyboard-interactive: gave up after 16 rounds");
  }

  @Test
  void aPasswordThatKeyboardInteractiveSentIsNotSentAgain() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: "));

    assertRefused(ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "wrong"));
    assertThat(ssh.seen()).containsExactly("keyboard-interactive", "answers:[wrong]");
  }

  @Test
  void aPasswordThatPasswordSentIsNotSentAgain() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: "));

    assertRefused(ssh.login(Profiles.with(PASSWORD, KEYBOARD_INTERACTIVE), "wrong"));
    assertThat(ssh.seen()).containsExactly("password:wrong");
  }

  @Test
  void passwordFollowsAKeyboardInteractiveThatCouldNotUseIt() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: ", "Code: "));

    assertThat(ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "secret")).isEmpty();
    assertThat(ssh.seen()).containsExactly("keyboard-interactive", "password:secret");
  }

  @Test
  void afterPartialSuccessThePasswordIsSentAgainToTheMethodThatIsAskedFor() throws Exception {
    ssh.password("secret")
        .rounds(Round.asking("Password: "))
        .requires("keyboard-interactive,password");

    assertThat(ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD), "secret")).isEmpty();
    assertThat(ssh.seen())
        .containsExactly("keyboard-interactive", "answers:[secret]", "password:secret");
  }

  private static final String WANTS_MORE = "the server wants more after a partial success: ";

  /** With what is missing, and the password that it has taken, it would have let us in. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "password,publickey; password",
        "keyboard-interactive,publickey; keyboard-interactive",
        "keyboard-interactive,publickey; password keyboard-interactive",
        "publickey,keyboard-interactive; publickey",
        "publickey,password; publickey",
        "password,publickey; password publickey-wrong",
        "keyboard-interactive,publickey; publickey-wrong keyboard-interactive",
        "password,hostbased; password publickey"
      })
  void aLoginOfWhichTheServerHasTakenAPartIsNoRefusal(String required, String tried)
      throws Exception {
    ssh.password("secret")
        .rounds(Round.asking("Password: "))
        .authorizes(TestKeys.publicKey("ed25519"))
        .offersAlso("hostbased")
        .requires(required);

    assertUnfinished(
        ssh.login(profile(tried), "secret"),
        WANTS_MORE + required.substring(required.indexOf(',') + 1));
    assertThat(ssh.course()).contains("partial success");
  }

  @Test
  void aWrongPasswordBehindAKeyThatWasTakenIsNoRefusal() throws Exception {
    ssh.password("secret")
        .rounds(Round.asking("Password: "))
        .authorizes(TestKeys.publicKey("ed25519"))
        .requires("publickey,password publickey,keyboard-interactive");

    for (String tried : List.of("publickey password", "publickey keyboard-interactive")) {
      assertUnfinished(
          ssh.login(profile(tried), "wrong"), WANTS_MORE + "password,keyboard-interactive");
    }
  }

  @Test
  void aPartialSuccessThatNamesNoMethodIsNoRefusal() throws Exception {
    ssh.password("secret").requires("password,password").namesNoMethodAfterPartialSuccess();

    assertUnfinished(ssh.login(profile("password"), "secret"), WANTS_MORE + "none is named");
    assertThat(ssh.seen()).containsExactly("password:secret");
  }

  @Test
  void aConnectionThatBreaksAfterAPartialSuccessIsNotAnUnreachableServer() throws Exception {
    ssh.password("secret").requires("password,publickey").hangsUpOnKey();

    assertUnfinished(
        ssh.login(profile("password publickey-wrong"), "secret"), WANTS_MORE + "publickey");
  }

  @Test
  void aServerThatHangsUpAfterAPartialSuccessBecauseOfTheKeysIsNoRefusal() throws Exception {
    ssh.password("secret").requires("password,publickey").maxTries(2);

    assertUnfinished(
        ssh.login(Profiles.with(PASSWORD, PUBLICKEY).keys(sixKeys()), "secret"),
        WANTS_MORE + "publickey");
  }

  /** It could do so until the time is over, and each answer is one more guess. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void aServerThatAsksAgainForWhatItHasTakenGetsNothingMore(String method) throws Exception {
    ssh.password("secret")
        .rounds(Round.asking("Password: "))
        .requires(String.join(",", Collections.nCopies(50, method)));

    assertUnfinished(ssh.login(profile(method), "secret"), WANTS_MORE + method);
    assertThat(ssh.seen().stream().filter(seen -> seen.contains("secret"))).hasSize(1);
  }

  @Test
  void aServerThatWantsThePasswordInTurnsGetsItOncePerMethod() throws Exception {
    ssh.password("secret")
        .rounds(Round.asking("Password: "))
        .requires(
            String.join(",", Collections.nCopies(20, "password,keyboard-interactive"))
                + ",publickey");

    assertUnfinished(
        ssh.login(profile("password keyboard-interactive"), "secret"), WANTS_MORE + "password");
    assertThat(ssh.seen())
        .containsExactly("password:secret", "keyboard-interactive", "answers:[secret]");
  }

  /**
   * A profile.
   *
   * @param methods with the key ed25519, or another one
   */
  private Profiles profile(String methods) throws Exception {
    String[] names = methods.split(" ");
    Profiles profile =
        Profiles.with(
            Arrays.stream(names)
                .map(name -> name.replace("-wrong", "").replace('-', '_'))
                .map(name -> AuthMethod.valueOf(name.toUpperCase(Locale.ROOT)))
                .toArray(AuthMethod[]::new));
    return profile.keys(
        TestKeys.file(methods.contains("publickey-wrong") ? "rsa" : "ed25519", directory));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "ed25519",
        "ecdsa256",
        "ecdsa384",
        "ecdsa521",
        "rsa",
        "ed25519-encrypted",
        "rsa-encrypted",
        "rsa-pkcs1",
        "rsa-pkcs1-encrypted",
        "rsa-pkcs8",
        "ecdsa-sec1",
        "ecdsa-pkcs8-encrypted",
        "ed25519-pkcs8",
        "ecdsa-openssl"
      })
  void aKeyOfEveryTypeAndFormatLogsIn(String name) throws Exception {
    ssh.authorizes(TestKeys.publicKey(name));
    Profiles profile = Profiles.with(PUBLICKEY).keys(TestKeys.file(name, directory));

    assertThat(ssh.login(profile.passphrase(TestKeys.PASSPHRASE))).isEmpty();
  }

  @Test
  void keysAreTriedInTheirOrderAndEachOnce() throws Exception {
    ssh.authorizes(TestKeys.publicKey("ecdsa256"));

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY)
                    .keys(
                        TestKeys.file("ed25519", directory),
                        TestKeys.file("rsa", directory),
                        TestKeys.file("ecdsa256", directory))))
        .isEmpty();
    assertThat(ssh.seen())
        .containsExactly(
            "publickey:ssh-ed25519:wrong",
            "publickey:ssh-rsa:wrong",
            "publickey:ecdsa-sha2-nistp256:right", // the query
            "publickey:ecdsa-sha2-nistp256:right"); // the signature
  }

  @Test
  void signaturesAreMadeOnTheBlockingPoolAndOnlyForAKeyThatWouldDo() throws Exception {
    ssh.authorizes(TestKeys.publicKey("ed25519"));

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY)
                    .keys(TestKeys.file("rsa", directory), TestKeys.file("ed25519", directory))))
        .isEmpty();
    assertThat(ssh.signers()).containsExactly("signer");
  }

  @Test
  void methodsAreTriedInTheProfilesOrder() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: ", "Code: "));
    Path key = TestKeys.file("ed25519", directory);

    ssh.login(Profiles.with(PASSWORD, PUBLICKEY, KEYBOARD_INTERACTIVE).keys(key), "wrong");
    assertThat(ssh.seen()).containsExactly("password:wrong", "publickey:ssh-ed25519:wrong");

    ssh.seen().clear();
    ssh.login(Profiles.with(PUBLICKEY, KEYBOARD_INTERACTIVE, PASSWORD).keys(key), "wrong");
    assertThat(ssh.seen())
        .containsExactly("publickey:ssh-ed25519:wrong", "keyboard-interactive", "password:wrong");
  }

  @Test
  void keyAndPasswordTogetherSatisfyAServerThatWantsBoth() throws Exception {
    ssh.password("secret").authorizes(TestKeys.publicKey("ed25519")).requires("publickey,password");
    Path key = TestKeys.file("ed25519", directory);

    assertThat(ssh.login(Profiles.with(PASSWORD, PUBLICKEY).keys(key), "secret")).isEmpty();
  }

  @Test
  void aKeyThatMadePartialSuccessIsNotTriedAgain() throws Exception {
    ssh.authorizes(TestKeys.publicKey("rsa"), TestKeys.publicKey("ed25519"))
        .requires("publickey,publickey");

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY)
                    .keys(TestKeys.file("rsa", directory), TestKeys.file("ed25519", directory))))
        .isEmpty();
  }

  @Test
  void aServerThatHangsUpBecauseOfTheKeysIsARefusalThatSaysSo() throws Exception {
    ssh.maxTries(2);

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY)
                    .keys(
                        TestKeys.file("ed25519", directory),
                        TestKeys.file("rsa", directory),
                        TestKeys.file("ecdsa256", directory))))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.AUTH_FAILED);
              assertThat(e)
                  .hasMessageMatching(
                      "SSH login as alice at 127.0.0.1 refused: too many tries for this server,"
                          + " \\d of them with keys? \\(identities-only: true tries none but those"
                          + " that the profile names\\)");
            });
  }

  @Test
  void keysLeaveAPasswordItsTry() throws Exception {
    ssh.password("secret").maxTries(6);

    assertThat(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).keys(sixKeys()), "secret")).isEmpty();
    assertThat(ssh.seen()).hasSize(6).last().isEqualTo("password:secret");
    assertThat(ssh.course())
        .contains("1 of 6 keys not tried, to leave tries for the password", "password: accepted");
  }

  @Test
  void keysLeaveEachMethodThatFollowsATry() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: ", "Code: "));

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY, KEYBOARD_INTERACTIVE, PASSWORD).keys(sixKeys()), "secret"))
        .isEmpty();
    assertThat(ssh.seen().stream().filter(seen -> seen.startsWith("publickey"))).hasSize(4);
  }

  @Test
  void keysAreNotSpentSparinglyWhereNothingFollows() throws Exception {
    ssh.password("secret").maxTries(100);

    ssh.login(Profiles.with(PUBLICKEY).keys(sixKeys()));
    assertThat(ssh.seen()).hasSize(6);

    ssh.seen().clear();
    ssh.login(Profiles.with(PASSWORD, PUBLICKEY).keys(sixKeys()), "wrong");
    assertThat(ssh.seen()).hasSize(7);
  }

  private Path[] sixKeys() throws Exception {
    return new Path[] {
      TestKeys.file("ed25519", directory),
      TestKeys.file("ecdsa256", directory),
      TestKeys.file("ecdsa384", directory),
      TestKeys.file("ecdsa521", directory),
      TestKeys.file("rsa", directory),
      TestKeys.file("rsa-pkcs1", directory)
    };
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa"})
  void aCertificateLogsIn(String name) throws Exception {
    ssh.trustsTheAuthorityFor(TestKeys.publicKey(name));

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY)
                    .keys(TestKeys.file(name, directory))
                    .certificates(TestCertificates.file(name, directory))))
        .isEmpty();
    assertThat(ssh.seen()).isNotEmpty().allMatch(seen -> seen.endsWith("-cert-v01@openssh.com"));
  }

  @Test
  void anAgentThatAnswersNonsenseLeavesThePassword() throws Exception {
    ssh.password("secret");
    try (FakeAgent fake =
        new FakeAgent(directory.resolve("agent"), request -> FakeAgent.framed((byte) 12))) {
      assertThat(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).agent(fake.socket()), "secret"))
          .isEmpty();
      assertThat(ssh.course())
          .startsWith("agent " + fake.socket() + ": is damaged: ends before the number of keys; ");
    }
  }

  @Test
  void anAgentThatSignsNonsenseLeavesTheNextKey() throws Exception {
    ssh.authorizes(TestKeys.publicKey("rsa"), TestKeys.publicKey("ed25519"));
    byte[] key = KeyBlob.parseLine(TestKeys.publicLine("rsa")).octets();
    try (FakeAgent fake =
        new FakeAgent(
            directory.resolve("agent"),
            request ->
                FakeAgent.framed(
                    request[0] == 11 ? FakeAgent.listing(key) : new byte[] {14, 0, 0, 0, 1, 7}))) {
      assertThat(
              ssh.login(
                  Profiles.with(PUBLICKEY)
                      .agent(fake.socket())
                      .keys(TestKeys.file("ed25519", directory))))
          .isEmpty();
      assertThat(ssh.course()).contains("agent signs wrongly: is damaged: ", "ed25519");
    }
  }

  /** The server would have taken the key. */
  @Test
  void anAgentThatDoesNotSignIsNoRefusal() throws Exception {
    ssh.authorizes(TestKeys.publicKey("rsa"));
    Path other = TestKeys.file("ed25519", directory);
    try (FakeAgent fake = agentThatDoesNotSign("rsa")) {
      Profiles profile = Profiles.with(PUBLICKEY).agent(fake.socket());
      String why =
          "publickey: agent's key a comment (%s): agent does not sign: refused"
              .formatted(KeyBlob.parseLine(TestKeys.publicLine("rsa")).fingerprint());

      assertUnfinished(ssh.login(profile), why);
      assertUnfinished(ssh.login(profile.keys(other)), why);
      assertThat(ssh.course()).contains("(SHA256:", " refused; server offers");
    }
  }

  /** It would have gone on with some key, and we do not. */
  @Test
  void aServerThatAnswersForAnotherKeyHasRefusedNone() throws Exception {
    ssh.authorizes(TestKeys.publicKey("ed25519"))
        .answersForAnotherKey(TestKeys.publicKey("ecdsa256"));
    Path key = TestKeys.file("ed25519", directory);

    assertUnfinished(ssh.login(Profiles.with(PUBLICKEY).keys(key)));
    assertThat(ssh.course()).contains(": server answered for another key");

    assertRefused(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).keys(key), "wrong"));
  }

  /** It may ask a person, and other logins, names and files must not wait for that. */
  @Test
  void anAgentIsAskedOnThreadsOfItsOwn() throws Exception {
    ssh.authorizes(TestKeys.publicKey("rsa"));
    try (FakeAgent fake = agentThatDoesNotSign("rsa")) {
      ssh.login(Profiles.with(PUBLICKEY).agent(fake.socket()));

      assertThat(fake.requests()).hasSize(2); // the list, and a signature
      assertThat(ssh.signers()).isEmpty();
    }
  }

  @Test
  void aPasswordThatIsRefusedAfterAKeyThatCouldNotSignIsARefusal() throws Exception {
    ssh.authorizes(TestKeys.publicKey("rsa")).password("secret").rounds(Round.asking("Password: "));
    try (FakeAgent fake = agentThatDoesNotSign("rsa")) {
      assertRefused(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).agent(fake.socket()), "wrong"));
      assertRefused(
          ssh.login(Profiles.with(PUBLICKEY, KEYBOARD_INTERACTIVE).agent(fake.socket()), "wrong"));
    }
  }

  @Test
  void whatIsLeftUndoneBeforeAPartialSuccessIsToldRatherThanThat() throws Exception {
    ssh.authorizes(TestKeys.publicKey("ed25519"))
        .rounds(Round.asking("Password: ", "Code: "))
        .requires("publickey,password keyboard-interactive");
    Path key = TestKeys.file("ed25519", directory);

    assertUnfinished(
        ssh.login(Profiles.with(KEYBOARD_INTERACTIVE, PUBLICKEY, PASSWORD).keys(key), "wrong"),
        "keyboard-interactive: server asks 2 questions (expected: one, for the password)");
    assertThat(ssh.course()).contains("partial success", "password: refused");
  }

  /** Nobody has refused anything: with a right signature the server would have let us in. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "rsa, BIT_FLIPPED",
    "ecdsa256, BIT_FLIPPED",
    "ecdsa384, OF_OTHER_DATA",
    "ecdsa521, TRUNCATED",
    "ed25519, BIT_FLIPPED",
    "ed25519, OF_OTHER_DATA",
    "ed25519, TRUNCATED",
    "ed25519, OF_ANOTHER_TYPE",
    "rsa, OF_ANOTHER_TYPE",
    "rsa, BY_ANOTHER_KEY",
    "ed25519, BY_ANOTHER_KEY",
    "ecdsa256, EMPTY"
  })
  void anAgentThatSignsWronglyIsNoRefusal(String name, WrongSignature wrong) throws Exception {
    ssh.authorizes(TestKeys.publicKey(name)).password("secret");
    try (FakeAgent fake = agentThatSignsWrongly(name, wrong)) {
      Profiles key = Profiles.with(PUBLICKEY).agent(fake.socket());
      assertWronglySigned(ssh.login(key));

      Path other = TestKeys.file("rsa-pkcs1", directory);
      assertWronglySigned(ssh.login(key.keys(other)));

      Profiles password = Profiles.with(PUBLICKEY, PASSWORD).agent(fake.socket());
      assertThat(ssh.login(password, "secret")).isEmpty();
      assertWronglySigned(ssh.login(password, "wrong"));
      assertThat(ssh.course()).contains("publickey: agent's key a comment (SHA256:", "password: ");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "rsa, BIT_FLIPPED",
    "ecdsa256, OF_OTHER_DATA",
    "ed25519, BY_ANOTHER_KEY",
    "ed25519, TRUNCATED"
  })
  void anAgentThatSignsWronglyForACertificateIsNoRefusal(String name, WrongSignature wrong)
      throws Exception {
    ssh.trustsTheAuthorityFor(TestKeys.publicKey(name));
    byte[] certificate = TestCertificates.user(name).octets();
    try (FakeAgent fake = wrong.agent(directory.resolve("agent"), certificate, name)) {
      assertWronglySigned(ssh.login(Profiles.with(PUBLICKEY).agent(fake.socket())));
    }
  }

  @Test
  void aKeyThatSignsRightFollowsOneThatSignsWrongly() throws Exception {
    ssh.authorizes(TestKeys.publicKey("rsa"), TestKeys.publicKey("ed25519"));
    Path other = TestKeys.file("ed25519", directory);
    try (FakeAgent fake = agentThatSignsWrongly("rsa", WrongSignature.BIT_FLIPPED)) {
      assertThat(ssh.login(Profiles.with(PUBLICKEY).agent(fake.socket()).keys(other))).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"rsa", "ecdsa256", "ecdsa384", "ecdsa521", "ed25519"})
  void anAgentThatSignsRightLogsIn(String name) throws Exception {
    ssh.authorizes(TestKeys.publicKey(name));
    try (FakeAgent fake = agentThatSignsWrongly(name, WrongSignature.NOT_WRONG)) {
      assertThat(ssh.login(Profiles.with(PUBLICKEY).agent(fake.socket()))).isEmpty();
    }
    ssh.trustsTheAuthorityFor(TestKeys.publicKey(name));
    byte[] certificate = TestCertificates.user(name).octets();
    Path socket = directory.resolve("of-certificates");
    try (FakeAgent fake = WrongSignature.NOT_WRONG.agent(socket, certificate, name)) {
      assertThat(ssh.login(Profiles.with(PUBLICKEY).agent(fake.socket()))).isEmpty();
    }
  }

  private static void assertWronglySigned(Optional<SshException> outcome) {
    assertThat(outcome)
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
              assertThat(e.failure().fallbackReason()).isEmpty();
              assertThat(e)
                  .hasMessageStartingWith(
                      "SSH login as alice at 127.0.0.1 not finished: publickey: agent's key a comment (")
                  .hasMessageContaining("): agent signs wrongly: ");
            });
  }

  private FakeAgent agentThatSignsWrongly(String name, WrongSignature wrong) throws Exception {
    byte[] key = KeyBlob.parseLine(TestKeys.publicLine(name)).octets();
    return wrong.agent(directory.resolve("agent"), key, name);
  }

  private FakeAgent agentThatDoesNotSign(String name) throws Exception {
    byte[] key = KeyBlob.parseLine(TestKeys.publicLine(name)).octets();
    return new FakeAgent(
        directory.resolve("agent"),
        request -> FakeAgent.framed(request[0] == 11 ? FakeAgent.listing(key) : new byte[] {5}));
  }

  @Test
  void aConnectionThatBreaksDuringTheLoginIsNoRefusal() throws Exception {
    ssh.hangsUpOnPassword();

    assertThat(ssh.login(Profiles.with(PASSWORD), "secret"))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.NOT_SSH);
              assertThat(e)
                  .hasMessageMatching(
                      "ssh server 127.0.0.1:\\d+: connection ended during the login: .+");
            });
    assertThat(ssh.seen()).containsExactly("password:secret");
  }

  /** Whoever can reset a TCP connection could else force a fallback that only a verdict allows. */
  @Test
  void aKeyThatWasRefusedMakesNoRefusalOfAConnectionThatBreaksAfterIt() throws Exception {
    ssh.hangsUpOnPassword();

    assertThat(
            ssh.login(
                Profiles.with(PUBLICKEY, PASSWORD).keys(TestKeys.file("ed25519", directory)),
                "secret"))
        .hasValueSatisfying(e -> assertThat(e.failure()).isEqualTo(SshFailure.NOT_SSH));
    assertThat(ssh.seen()).containsExactly("publickey:ssh-ed25519:wrong", "password:secret");
  }

  /** As MINA has it if the length of a packet, which is in the clear, was changed. */
  @Test
  void aPacketThatSomebodyHasDamagedIsNoRefusal() throws Exception {
    ssh.password("secret");
    ssh.login(Profiles.with(PASSWORD), "wrong");

    assertThat(
            ssh.failure(
                    new org.apache.sshd.common.SshException(
                        SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "Invalid packet length: 7"))
                .failure())
        .isEqualTo(SshFailure.NOT_SSH);
  }

  @Test
  void withoutKeyAndPasswordThereIsNothingToTry() throws Exception {
    assertThat(ssh.login(Profiles.with(PUBLICKEY, PASSWORD)))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.NO_IDENTITY);
              assertThat(e).hasMessage("nothing to log in with as alice at 127.0.0.1");
            });
    assertThat(ssh.seen()).isEmpty();
  }

  @Test
  void anEmptyAgentIsNothingToTry() throws Exception {
    try (FakeAgent empty =
        new FakeAgent(
            directory.resolve("agent"), request -> FakeAgent.framed(FakeAgent.listing()))) {
      assertThat(ssh.login(Profiles.with(PUBLICKEY).agent(empty.socket())))
          .hasValueSatisfying(
              e -> {
                assertThat(e.failure()).isEqualTo(SshFailure.NO_IDENTITY);
                assertThat(e).hasMessageEndingWith(" holds no keys, or is locked");
              });
    }
  }

  /** An agent that starts again, or a file that is away, must not lead to plaintext. */
  @Test
  void keysThatCannotBeUsedAtTheMomentAreNotNone() throws Exception {
    Path nowhere = directory.resolve("nowhere");
    Path missing = directory.resolve("missing");
    String problem = "agent " + nowhere + ": No such file or directory";
    ssh.password("secret").requires("publickey");

    assertLacksKeys(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).agent(nowhere)), problem);
    assertLacksKeys(
        ssh.login(Profiles.with(PUBLICKEY).keys(missing)),
        "identity file " + missing + " does not exist");
    assertLacksKeys(
        ssh.login(Profiles.with(PUBLICKEY, PASSWORD).agent(nowhere), "secret"),
        "(server offers publickey); " + problem);
    assertThat(ssh.seen()).isEmpty();

    ssh.requires("password,publickey");
    assertLacksKeys(
        ssh.login(Profiles.with(PUBLICKEY, PASSWORD).agent(nowhere), "secret"), problem);
    assertThat(ssh.seen()).containsExactly("password:secret");

    assertRefused(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).agent(nowhere), "wrong"));
  }

  private static void assertLacksKeys(Optional<SshException> outcome, String problem) {
    assertThat(outcome)
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
              assertThat(e)
                  .hasMessageStartingWith("nothing to log in with as alice at 127.0.0.1")
                  .hasMessageEndingWith(problem);
            });
  }

  @Test
  void aMissingKeyIsSaid() throws Exception {
    Path missing = directory.resolve("missing");

    assertThat(ssh.login(Profiles.with(PUBLICKEY, PASSWORD).keys(missing)))
        .hasValueSatisfying(
            e -> {
              assertThat(e)
                  .hasMessage(
                      "nothing to log in with as alice at 127.0.0.1; identity file "
                          + missing
                          + " does not exist");
            });
    assertThat(ssh.seen()).isEmpty();
  }

  @Test
  void aServerThatOffersNoneOfOurMethodsLeavesNothingToTry() throws Exception {
    ssh.requires("publickey");

    assertThat(ssh.login(Profiles.with(PASSWORD), "secret"))
        .hasValueSatisfying(
            e -> {
              assertThat(e.failure()).isEqualTo(SshFailure.NO_IDENTITY);
              assertThat(e).hasMessageContaining("(server offers publickey)");
            });
    assertThat(ssh.seen()).isEmpty();
  }

  @Test
  void whatFollowsAUsersColonIsTakenForItsPassword() throws Exception {
    Optional<SshException> refused =
        ssh.loginAs("ftp://joe:canary", Profiles.with(AuthMethod.PASSWORD), new byte[] {'x'});

    assertThat(refused)
        .hasValueSatisfying(
            e -> assertThat(e).hasMessage("SSH login as ftp://joe:*** at 127.0.0.1 refused"));
  }
}
