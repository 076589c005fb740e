package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import culvert.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of key, in every form that ssh-keygen and openssl write it in. */
class KeyFormatsTest {
  private static final String PASSPHRASE = "tr\u00e8s secret";
  private static final List<String> TYPES =
      List.of("ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-2048", "rsa-3072");
  private static final List<String> CIPHERS =
      List.of(
          "3des-cbc",
          "aes128-cbc",
          "aes192-cbc",
          "aes256-cbc",
          "aes128-ctr",
          "aes192-ctr",
          "aes256-ctr",
          "aes128-gcm@openssh.com",
          "aes256-gcm@openssh.com",
          "chacha20-poly1305@openssh.com");

  @TempDir static Path directory;

  @BeforeAll
  static void needsOpenSsh() throws Exception {
    boolean there = Files.isExecutable(Path.of("/usr/bin/ssh-keygen"));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("CI=true, but no ssh-keygen");
    }
    Assumptions.assumeTrue(there, "no ssh-keygen");
    for (String type : TYPES) {
      String[] words = type.split("-", -1);
      List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-t", words[0]));
      if (words.length > 1) {
        command.addAll(List.of("-b", words[1]));
      }
      command.addAll(List.of("-N", "", "-f", directory.resolve(type).toString()));
      run(command);
    }
  }

  private static void run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(command + ": " + output).isZero();
  }

  /** Loads what it says it is, locked until the passphrase is there, and signs for it. */
  private static void assertLoads(Path file, String type, Optional<String> passphrase)
      throws Exception {
    KeyBlob wanted = KeyBlob.parseLine(Files.readString(directory.resolve(type + ".pub")));
    if (passphrase.isPresent()) {
      assertThat(new KeyFiles().load(file, Optional.empty()).problem())
          .contains(": is encrypted (expected: identity-passphrase in the profile)");
      assertThat(new KeyFiles().load(file, Optional.of(new Secret("wrong"))).problem())
          .contains(": cannot be decrypted: wrong identity-passphrase?");
    }
    KeyFile loaded = new KeyFiles().load(file, passphrase.map(Secret::new));
    assertThat(loaded.problem()).isEmpty();
    assertThat(loaded.publicKey()).contains(wanted);
    byte[] data = {1, 2, 3};
    Identity identity = new Identity("test", wanted, loaded.signer().orElseThrow(), true);
    for (String algorithm : identity.algorithms(null)) {
      WireReader signed = new WireReader(identity.sign(null, algorithm, data, Duration.ZERO));
      assertThat(signed.text("algorithm")).isEqualTo(algorithm);
      Signature signature = BuiltinSignatures.fromFactoryName(algorithm).create();
      signature.initVerifier(null, publicKey(type));
      signature.update(null, data);
      assertThat(signature.verify(null, signed.string("signature"))).as(algorithm).isTrue();
    }
  }

  private static java.security.PublicKey publicKey(String type) throws Exception {
    return org.apache.sshd.common.config.keys.AuthorizedKeyEntry.parseAuthorizedKeyEntry(
            Files.readString(directory.resolve(type + ".pub")).strip())
        .resolvePublicKey(null, null);
  }

  private static Path copy(String type, String name) throws IOException {
    Path file = directory.resolve(type + "." + name.replaceAll("[^a-zA-Z0-9]", "_"));
    Files.copy(directory.resolve(type), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    TestKeys.setMode(file, "rw-------");
    return file;
  }

  private static Path converted(String type, String name, String passphrase, String... options)
      throws Exception {
    Path file = copy(type, name);
    List<String> command =
        new ArrayList<>(List.of("ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase));
    command.addAll(List.of(options));
    command.addAll(List.of("-f", file.toString()));
    run(command);
    return file;
  }

  @TestFactory
  Stream<DynamicTest> everyTypeInEveryFormat() {
    return TYPES.stream()
        .flatMap(
            type ->
                Stream.of("RFC4716", "PKCS8", "PEM")
                    .flatMap(
                        format ->
                            Stream.of(
                                dynamicTest(
                                    type + " " + format,
                                    () ->
                                        assertLoads(
                                            converted(type, format, "", "-m", format),
                                            type,
                                            Optional.empty())),
                                dynamicTest(
                                    type + " " + format + " encrypted",
                                    () ->
                                        assertLoads(
                                            converted(type, format + "e", PASSPHRASE, "-m", format),
                                            type,
                                            Optional.of(PASSPHRASE))))));
  }

  @TestFactory
  Stream<DynamicTest> everyCipherOfOpenSshsFormat() {
    return CIPHERS.stream()
        .flatMap(
            cipher ->
                Stream.of("ed25519", "rsa-2048")
                    .map(
                        type ->
                            dynamicTest(
                                type + " " + cipher,
                                () ->
                                    assertLoads(
                                        converted(
                                            type, cipher, PASSPHRASE, "-Z", cipher, "-a", "2"),
                                        type,
                                        Optional.of(PASSPHRASE)))));
  }

  @TestFactory
  Stream<DynamicTest> anyNumberOfBcryptRounds() {
    return Stream.of("1", "16", "100")
        .map(
            rounds ->
                dynamicTest(
                    rounds,
                    () ->
                        assertLoads(
                            converted("ed25519", "rounds" + rounds, PASSPHRASE, "-a", rounds),
                            "ed25519",
                            Optional.of(PASSPHRASE))));
  }

  @TestFactory
  Stream<DynamicTest> whatOpensslEncrypts() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl");
    Stream<DynamicTest> traditional =
        Stream.of("-aes128", "-aes256", "-des3")
            .flatMap(
                cipher ->
                    Stream.of("rsa-2048", "ecdsa-384")
                        .map(
                            type ->
                                dynamicTest(
                                    type + " traditional " + cipher,
                                    () -> assertOpenssl(type, cipher, traditional(type, cipher)))));
    Stream<DynamicTest> pkcs8 =
        Stream.of(
                List.of("-v2", "aes-256-cbc"),
                List.of("-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"),
                List.of("-v2", "des3"),
                List.of("-scrypt"),
                List.of("-v1", "PBE-SHA1-3DES"))
            .flatMap(
                options ->
                    Stream.of("rsa-2048", "ecdsa-256")
                        .map(
                            type ->
                                dynamicTest(
                                    type + " PKCS#8 " + options,
                                    () ->
                                        assertOpenssl(type, options.toString(), pkcs8(options)))));
    return Stream.concat(traditional, pkcs8);
  }

  private static List<String> traditional(String type, String cipher) {
    return List.of(type.startsWith("rsa") ? "rsa" : "ec", cipher);
  }

  private static List<String> pkcs8(List<String> options) {
    List<String> command = new ArrayList<>(List.of("pkcs8", "-topk8"));
    command.addAll(options);
    return command;
  }

  private static void assertOpenssl(String type, String name, List<String> command)
      throws Exception {
    Path plain = converted(type, "plain-" + name, "", "-m", "PEM");
    Path file = Path.of(plain + ".encrypted");
    List<String> whole = new ArrayList<>(List.of("openssl"));
    whole.addAll(command);
    whole.addAll(List.of("-in", plain.toString(), "-out", file.toString()));
    whole.addAll(List.of("-passout", "pass:" + PASSPHRASE));
    if (command.get(0).equals("rsa")) {
      whole.add("-traditional");
    }
    run(whole);
    TestKeys.setMode(file, "rw-------");
    assertLoads(file, type, Optional.of(PASSPHRASE));
  }
}
