package culvert.ssh.mina.auth;

import culvert.config.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;

/**
 * A private key's file formats: OpenSSH's own, and PEM. MINA's own front end for them is not used:
 * it logs the key at TRACE.
 */
final class PrivateKeyFile {
  private static final String BEGIN = "-----BEGIN ";
  private static final String OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----";
  private static final String OPENSSH_END = "-----END OPENSSH PRIVATE KEY-----";
  private static final String MAGIC = "openssh-key-v1\0";

  /** ssh-keygen -a; its default is 16 or 24, and a thousand take half a minute. */
  private static final int MAX_ROUNDS = 10_000;

  private PrivateKeyFile() {}

  /**
   * Reads the one key in the file.
   *
   * @throws IOException says what is wrong, without the file's name
   */
  static KeyPair parse(byte[] content, Optional<Secret> passphrase)
      throws IOException, GeneralSecurityException {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int openssh = text.indexOf(OPENSSH);
    if (openssh >= 0) {
      return openSsh(text, openssh + OPENSSH.length(), passphrase);
    }
    if (!text.contains(BEGIN)) {
      throw new IOException(
          text.startsWith("ssh-") || text.startsWith("ecdsa-")
              ? "is a public key (expected: the private key)"
              : "is not a private key in OpenSSH or PEM format");
    }
    return PemKey.parse(new StringReader(text.substring(text.indexOf(BEGIN))), passphrase);
  }

  private static KeyPair openSsh(String text, int start, Optional<Secret> passphrase)
      throws IOException, GeneralSecurityException {
    int end = text.indexOf(OPENSSH_END, start);
    if (end < 0) {
      throw new IOException("is truncated: no line " + OPENSSH_END);
    }
    byte[] decoded;
    try {
      decoded = Base64.getMimeDecoder().decode(text.substring(start, end));
    } catch (IllegalArgumentException e) {
      throw new IOException("is damaged: not valid base64", e);
    }
    boolean encrypted = isEncrypted(decoded);
    if (encrypted && passphrase.isEmpty()) {
      throw LockedKeyException.noPassphrase();
    }
    try {
      Collection<KeyPair> keys =
          OpenSSHKeyPairResourceParser.INSTANCE.extractKeyPairs(
              null,
              NamedResource.ofName("key"),
              OpenSSHKeyPairResourceParser.BEGIN_MARKER,
              OpenSSHKeyPairResourceParser.END_MARKER,
              (session, resource, retry) -> passphrase.map(Secret::reveal).orElse(""),
              new ByteArrayInputStream(decoded),
              Map.of());
      if (keys.isEmpty()) {
        throw new IOException("holds no key");
      }
      return keys.iterator().next();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw encrypted
          ? LockedKeyException.wrongPassphrase(e)
          : new IOException("is damaged: " + e.getMessage(), e);
    } finally {
      Arrays.fill(decoded, (byte) 0);
    }
  }

  /**
   * PROTOCOL.key: magic, names of cipher and KDF, the KDF's options, the number of keys. MINA
   * trusts the numbers: a damaged one would take all memory, or years.
   */
  private static boolean isEncrypted(byte[] decoded) throws IOException {
    byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(magic, Arrays.copyOf(decoded, magic.length))) {
      throw new IOException("is damaged: no openssh-key-v1 inside");
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(decoded, magic.length, decoded.length - magic.length);
      String cipher = ascii(string(in, "the cipher's name"));
      String kdf = ascii(string(in, "the KDF's name"));
      ByteBuffer options = string(in, "the KDF's options");
      if (kdf.equals("bcrypt")) {
        string(options, "the salt");
        expect("bcrypt rounds", options.getInt(), MAX_ROUNDS);
      }
      expect("number of keys", in.getInt(), 1);
      return !"none".equals(cipher);
    } catch (BufferUnderflowException e) {
      throw new IOException("is damaged: ends within its header", e);
    }
  }

  private static ByteBuffer string(ByteBuffer in, String what) throws IOException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IOException("is damaged: bad length of " + what);
    }
    ByteBuffer string = in.slice(in.position(), length);
    in.position(in.position() + length);
    return string;
  }

  private static String ascii(ByteBuffer string) {
    return StandardCharsets.US_ASCII.decode(string).toString();
  }

  private static void expect(String what, int value, int most) throws IOException {
    if (value < 1 || value > most) {
      throw new IOException(
          "is damaged: "
              + what
              + " "
              + Integer.toUnsignedString(value)
              + " (expected: 1.."
              + most
              + ")");
    }
  }
}
