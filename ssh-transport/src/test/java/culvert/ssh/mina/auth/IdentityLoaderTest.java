package culvert.ssh.mina.auth;

import static culvert.config.AuthMethod.PUBLICKEY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import culvert.config.Secret;
import culvert.config.SshProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityLoaderTest {
  @TempDir Path directory;
  private final IdentityLoader loader = new IdentityLoader();

  private static SshProfile profile(Path... files) {
    return Profiles.with(PUBLICKEY).keys(files).port(22);
  }

  private static SshProfile encrypted(String passphrase, Path file) {
    return Profiles.with(PUBLICKEY).keys(file).passphrase(passphrase).port(22);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519-encrypted", "rsa-pkcs1-encrypted", "ecdsa-pkcs8-encrypted"})
  void anEncryptedKeyIsLockedUntilItsPassphraseIsThere(String name) throws Exception {
    Path file = TestKeys.file(name, directory);

    assertThat(PrivateKeys.isLocked(file, Optional.empty())).isTrue();
    assertThat(PrivateKeys.isLocked(file, Optional.of(new Secret("wrong")))).isTrue();
    assertThat(PrivateKeys.isLocked(file, Optional.of(new Secret(TestKeys.PASSPHRASE)))).isFalse();
  }

  @Test
  void whatNoPassphraseMendsIsNotLocked() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "hello");

    assertThat(PrivateKeys.isLocked(text, Optional.empty())).isFalse();
    assertThat(PrivateKeys.isLocked(directory.resolve("missing"), Optional.empty())).isFalse();
    assertThat(PrivateKeys.isLocked(TestKeys.file("ed25519", directory), Optional.empty()))
        .isFalse();
  }

  @Test
  void everyProblemNamesFileAndReason() throws Exception {
    Path good = TestKeys.file("ed25519", directory);
    Path missing = directory.resolve("missing");
    Path encrypted = TestKeys.file("ed25519-encrypted", directory);
    Path pem = TestKeys.file("rsa-pkcs1-encrypted", directory);
    Path pkcs8 = TestKeys.file("ecdsa-pkcs8-encrypted", directory);
    Path dsa = TestKeys.file("dsa", directory);
    Path publicKey = TestKeys.file("ed25519.pub", directory);
    Path text = Files.writeString(directory.resolve("text"), "hello");
    Path damaged =
        Files.writeString(
            directory.resolve("damaged"),
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
    Path truncated =
        Files.writeString(directory.resolve("truncated"), Files.readString(good).substring(0, 200));
    for (Path file : List.of(text, damaged, truncated)) {
      TestKeys.setMode(file, "rw-------");
    }

    var loaded =
        loader.load(
            profile(
                missing, encrypted, pem, pkcs8, dsa, publicKey, text, damaged, truncated, directory,
                good));

    String wanted = ": is encrypted (expected: identity-passphrase in the profile)";
    assertThat(loaded.problems())
        .containsExactly(
            "identity file " + missing + " does not exist",
            "identity file " + encrypted + wanted,
            "identity file " + pem + wanted,
            "identity file " + pkcs8 + wanted,
            "identity file "
                + dsa
                + ": key type ssh-dss is not supported (expected: ed25519, ecdsa or rsa)",
            "identity file "
                + publicKey
                + ": is a public key (expected: the private key, or an agent that holds it)",
            "identity file " + text + ": is not a private key in OpenSSH or PEM format",
            "identity file " + damaged + ": is damaged: no openssh-key-v1 inside",
            "identity file "
                + truncated
                + ": is truncated: no line -----END OPENSSH PRIVATE KEY-----",
            "identity file " + directory + ": is not a file");
    assertThat(loaded.identities()).extracting(Identity::toString).hasSize(1);
  }

  @Test
  void aWrongPassphraseIsSaidSo() throws Exception {
    for (String name :
        List.of(
            "ed25519-encrypted", "rsa-encrypted", "rsa-pkcs1-encrypted", "ecdsa-pkcs8-encrypted")) {
      Path file = TestKeys.file(name, directory);

      assertThat(loader.load(encrypted("wrong", file)).problems())
          .containsExactly(
              "identity file " + file + ": cannot be decrypted: wrong identity-passphrase?");
    }
  }

  @Test
  void aKeyThatOthersCanReadIsRefused() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    Path file = TestKeys.file("ed25519", directory);
    TestKeys.setMode(file, "rw-r--r--");

    assertThat(loader.load(profile(file)).problems())
        .containsExactly(
            "identity file "
                + file
                + ": permissions 0644 are too open (expected: 0600, readable by its owner only)");
  }

  @Test
  void noFileNamedIsNoKey() {
    assertThat(loader.load(profile()).identities()).isEmpty();
  }

  @Test
  void aKeyIsDecryptedOnceUntilItsFileOrPassphraseChanges() throws Exception {
    Path file = TestKeys.file("ed25519-encrypted", directory);
    Signer first = signer(encrypted(TestKeys.PASSPHRASE, file));

    assertThat(signer(encrypted(TestKeys.PASSPHRASE, file))).isSameAs(first);
    assertThat(loader.load(encrypted("wrong", file)).identities()).isEmpty();

    Files.write(file, Files.readAllBytes(TestKeys.file("rsa-encrypted", directory)));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(signer(encrypted(TestKeys.PASSPHRASE, file))).isNotSameAs(first);
  }

  private Signer signer(SshProfile profile) {
    return loader.load(profile).identities().get(0).signer();
  }

  @Test
  void aDamagedNumberOfKeysTakesNoMemory() throws Exception {
    Path file = TestKeys.file("ed25519", directory);
    byte[] content = Files.readAllBytes(file);
    String text = new String(content, US_ASCII);
    // magic (15), "none" (8), "none" (8), "" (4), and then the number of keys
    int header = text.indexOf('\n') + 1;
    byte[] start = Base64.getDecoder().decode(text.substring(header, header + 64));
    start[15 + 8 + 8 + 4] = 0x7f;
    Files.writeString(
        file,
        text.substring(0, header)
            + Base64.getEncoder().encodeToString(start)
            + text.substring(header + 64));

    assertThat(loader.load(profile(file)).problems())
        .singleElement()
        .asString()
        .endsWith("is damaged: number of keys 2130706433 (expected: 1..1)");
  }
}
