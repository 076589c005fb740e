package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureCheckTest {
  private static final byte[] DATA = "what a server wants signed".getBytes(StandardCharsets.UTF_8);
  private static final String APPLICATION = "ssh:culvert";

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource({
    "rsa, rsa-sha2-256",
    "rsa, rsa-sha2-512",
    "rsa-pkcs1, rsa-sha2-512",
    "ecdsa256, ecdsa-sha2-nistp256",
    "ecdsa384, ecdsa-sha2-nistp384",
    "ecdsa521, ecdsa-sha2-nistp521",
    "ecdsa-sec1, ecdsa-sha2-nistp256",
    "ed25519, ssh-ed25519",
    "ed25519-pkcs8, ssh-ed25519"
  })
  void aRightSignatureIsRightAndEveryChangeOfItIsWrong(String name, String algorithm)
      throws Exception {
    FileKey key = WrongSignature.key(name);
    SignatureCheck check = new SignatureCheck(key.key(), algorithm);
    byte[] signature = key.sign(null, algorithm, DATA, Duration.ZERO);

    assertThatCode(() -> check.verify(null, DATA, signature)).doesNotThrowAnyException();
    for (int i = 0; i < signature.length; i += 7) {
      byte[] changed = signature.clone();
      changed[i] ^= 4;
      assertWrong(check, DATA, changed);
    }
    for (int length : new int[] {0, 3, 4, 12, signature.length - 1}) {
      assertWrong(check, DATA, Arrays.copyOf(signature, length));
    }
    assertWrong(check, DATA, Arrays.copyOf(signature, signature.length + 1));
    assertWrong(check, new byte[] {1}, signature);
    assertWrong(check, new byte[0], signature);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"rsa", "ecdsa256", "ecdsa384", "ecdsa521", "ed25519"})
  void aCertificatesKeyIsTheCertifiedOne(String name) throws Exception {
    FileKey key = WrongSignature.key(name);
    String algorithm = name.equals("rsa") ? "rsa-sha2-512" : key.key().type();
    SignatureCheck check = new SignatureCheck(TestCertificates.user(name), algorithm);

    check.verify(null, DATA, key.sign(null, algorithm, DATA, Duration.ZERO));
    for (WrongSignature wrong : WrongSignature.values()) {
      if (wrong != WrongSignature.NOT_WRONG && wrong != WrongSignature.BY_ANOTHER_KEY) {
        assertWrong(check, DATA, wrong.signature(algorithm, DATA, key, key));
      }
    }
  }

  @ParameterizedTest(name = "flags {0}")
  @ValueSource(ints = {0, 1, 5})
  void aSecurityKeySignsFlagsAndCounterToo(int flags) throws Exception {
    for (String name : new String[] {"ed25519", "ecdsa256"}) {
      FileKey key = WrongSignature.key(name);
      String type =
          name.equals("ed25519")
              ? "sk-ssh-ed25519@openssh.com"
              : "sk-ecdsa-sha2-nistp256@openssh.com";
      SignatureCheck check = new SignatureCheck(securityKey(key, type), type);
      byte[] signature = signature(key, type, flags, 4_000_000_000L);

      check.verify(null, DATA, signature);
      for (int back : new int[] {1, 4, 5, 9, 20}) { // counter, flags, signature
        byte[] changed = signature.clone();
        changed[signature.length - back] ^= 1;
        assertWrong(check, DATA, changed);
      }
      assertWrong(check, DATA, Arrays.copyOf(signature, signature.length - 5));
      assertWrong(check, DATA, Arrays.copyOf(signature, signature.length + 1));
      assertWrong(check, new byte[] {1}, signature);
    }
  }

  @Test
  void aKeyThatNobodyHereCanCheckIsSaid() throws Exception {
    KeyBlob unknown =
        KeyBlob.parseLine(
            "ssh-odd@example.com "
                + Base64.getEncoder()
                    .encodeToString(
                        string("ssh-odd@example.com".getBytes(StandardCharsets.US_ASCII))));

    assertThatThrownBy(() -> new SignatureCheck(unknown, "ssh-odd@example.com"))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(WrongSignatureException.class)
        .hasMessage("key type ssh-odd@example.com is not supported");
  }

  private static void assertWrong(SignatureCheck check, byte[] data, byte[] signature) {
    assertThatThrownBy(() -> check.verify(null, data, signature))
        .isInstanceOf(WrongSignatureException.class);
  }

  private static KeyBlob securityKey(FileKey key, String type) throws IOException {
    byte[] plain = key.key().octets();
    int name = 4 + key.key().type().length();
    ByteArrayBuffer blob = new ByteArrayBuffer();
    blob.putString(type);
    blob.putRawBytes(plain, name, plain.length - name);
    blob.putString(APPLICATION);
    return new KeyBlob(blob.getCompactData());
  }

  private static byte[] signature(FileKey key, String type, int flags, long counter)
      throws Exception {
    byte[] application = sha256(APPLICATION.getBytes(StandardCharsets.UTF_8));
    byte[] signed =
        ByteBuffer.allocate(69)
            .put(application)
            .put((byte) flags)
            .putInt((int) counter)
            .put(sha256(DATA))
            .array();
    WireReader in = new WireReader(key.sign(null, key.key().type(), signed, Duration.ZERO));
    in.string("algorithm");
    ByteArrayBuffer signature = new ByteArrayBuffer();
    signature.putString(type);
    signature.putBytes(in.string("signature"));
    signature.putByte((byte) flags);
    signature.putUInt(counter);
    return signature.getCompactData();
  }

  private static byte[] sha256(byte[] octets) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(octets);
  }

  private static byte[] string(byte[] octets) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putBytes(octets);
    return buffer.getCompactData();
  }
}
