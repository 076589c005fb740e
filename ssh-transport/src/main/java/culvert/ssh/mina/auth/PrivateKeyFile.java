package culvert.ssh.mina.auth;

import culvert.config.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
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

  /** Whether it claims to hold a private key. */
  static boolean isPrivate(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1).contains(BEGIN);
  }

  /** The public half, which OpenSSH's own format has in the clear. */
  static Optional<KeyBlob> publicKey(byte[] content) throws IOException {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int start = text.indexOf(OPENSSH);
    return start < 0
        ? Optional.empty()
        : Optional.of(new KeyBlob(header(decode(text, start + OPENSSH.length())).publicKey()));
  }

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
          isPublic(text)
              ? "is a public key (expected: the private key, or an agent that holds it)"
              : "is not a private key in OpenSSH or PEM format");
    }
    return PemKey.parse(new StringReader(text.substring(text.indexOf(BEGIN))), passphrase);
  }

  private static boolean isPublic(String text) {
    try {
      KeyBlob.parseLine(text);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static KeyPair openSsh(String text, int start, Optional<Secret> passphrase)
      throws IOException, GeneralSecurityException {
    byte[] decoded = decode(text, start);
    boolean encrypted = !header(decoded).cipher().equals("none");
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

  private static byte[] decode(String text, int start) throws IOException {
    int end = text.indexOf(OPENSSH_END, start);
    if (end < 0) {
      throw new IOException("is truncated: no line " + OPENSSH_END);
    }
    try {
      return Base64.getMimeDecoder().decode(text.substring(start, end));
    } catch (IllegalArgumentException e) {
      throw new IOException("is damaged: not valid base64", e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  private record Header(String cipher, byte[] publicKey) {}

  /**
   * PROTOCOL.key: magic, names of cipher and KDF, the KDF's options, the number of keys, the public
   * key. MINA trusts the numbers: a damaged one would take all memory, or years.
   */
  private static Header header(byte[] decoded) throws IOException {
    byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(magic, Arrays.copyOf(decoded, magic.length))) {
      throw new IOException("is damaged: no openssh-key-v1 inside");
    }
    WireReader in = new WireReader(Arrays.copyOfRange(decoded, magic.length, decoded.length));
    String cipher = in.text("cipher's name");
    String kdf = in.text("KDF's name");
    byte[] options = in.string("KDF's options");
    if (kdf.equals("bcrypt")) {
      WireReader bcrypt = new WireReader(options);
      bcrypt.string("salt");
      expect("bcrypt rounds", bcrypt.uint32("bcrypt rounds"), MAX_ROUNDS);
    }
    expect("number of keys", in.uint32("number of keys"), 1);
    return new Header(cipher, in.string("public key"));
  }

  private static void expect(String what, long value, int most) throws IOException {
    if (value < 1 || value > most) {
      throw new IOException("is damaged: " + what + " " + value + " (expected: 1.." + most + ")");
    }
  }
}
