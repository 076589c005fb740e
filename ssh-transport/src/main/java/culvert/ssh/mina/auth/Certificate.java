package culvert.ssh.mina.auth;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An OpenSSH certificate (PROTOCOL.certkeys), as far as the client needs to know it: the key that
 * it certifies, for what and how long. Whether its signature is good, and the authority trusted, is
 * the server's to judge.
 *
 * @param blob what is sent to the server
 * @param key the certified key, in its plain form
 * @param user whether it is a user's; else a host's
 * @param keyId the authority's name for it
 * @param principals the accounts that it is good for; empty: the server decides
 * @param validAfter seconds since 1970, unsigned
 * @param validBefore seconds since 1970, unsigned; all ones: for ever
 */
record Certificate(
    KeyBlob blob,
    KeyBlob key,
    boolean user,
    String keyId,
    List<String> principals,
    long validAfter,
    long validBefore) {

  static final String SUFFIX = "-cert-v01@openssh.com";
  private static final int USER = 1;
  private static final int HOST = 2;

  /** How many strings make up the public key. */
  private static final Map<String, Integer> KEY_STRINGS =
      Map.of(
          "ssh-rsa", 2,
          "ssh-ed25519", 1,
          "ecdsa-sha2-nistp256", 2,
          "ecdsa-sha2-nistp384", 2,
          "ecdsa-sha2-nistp521", 2,
          "sk-ssh-ed25519@openssh.com", 2,
          "sk-ecdsa-sha2-nistp256@openssh.com", 3);

  Certificate {
    principals = List.copyOf(principals);
  }

  /**
   * @throws IOException says what is wrong, without the file's name
   */
  static Certificate of(KeyBlob blob) throws IOException {
    if (!blob.isCertificate()) {
      throw new IOException(
          "is a public key of type " + blob.type() + " (expected: a certificate)");
    }
    String keyType = plain(blob.type());
    Integer strings = KEY_STRINGS.get(keyType);
    if (strings == null) {
      throw new IOException(
          "certificate type "
              + blob.type()
              + " is not supported (expected: ed25519, ecdsa or rsa)");
    }
    WireReader in = new WireReader(blob.octets());
    in.string("type");
    in.string("nonce");
    int start = in.position();
    for (int i = 0; i < strings; i++) {
      in.string("public key");
    }
    KeyBlob key = key(keyType, blob.octets(), start, in.position());
    in.uint64("serial number");
    long kind = in.uint32("kind");
    if (kind != USER && kind != HOST) {
      throw new IOException("is damaged: kind " + kind + " (expected: 1 or 2)");
    }
    String keyId = in.text("key ID");
    List<String> principals = in.texts("principals");
    long validAfter = in.uint64("start of its validity");
    long validBefore = in.uint64("end of its validity");
    for (String rest :
        List.of("critical options", "extensions", "reserved", "signature key", "signature")) {
      in.string(rest);
    }
    in.end();
    return new Certificate(blob, key, kind == USER, keyId, principals, validAfter, validBefore);
  }

  /** The name of the key or signature algorithm without a certificate. */
  static String plain(String type) {
    if (!type.endsWith(SUFFIX)) {
      return type;
    }
    String base = type.substring(0, type.length() - SUFFIX.length());
    return base.startsWith("sk-") ? base + "@openssh.com" : base;
  }

  private static KeyBlob key(String type, byte[] octets, int start, int end) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    key.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(name.length).array());
    key.writeBytes(name);
    key.write(octets, start, end - start);
    return new KeyBlob(key.toByteArray());
  }

  /** Why no server can take it from a user now; empty: one may. */
  Optional<String> obstacle(Instant now) {
    long second = now.getEpochSecond();
    if (!user) {
      return Optional.of("is a host's certificate (expected: a user's)");
    }
    if (Long.compareUnsigned(second, validAfter) < 0) {
      return Optional.of("is not valid before " + time(validAfter));
    }
    if (Long.compareUnsigned(second, validBefore) >= 0) {
      return Optional.of("has expired: was valid until " + time(validBefore));
    }
    return Optional.empty();
  }

  private static String time(long second) {
    return second >= 0 && second <= Instant.MAX.getEpochSecond()
        ? Instant.ofEpochSecond(second).toString()
        : Long.toUnsignedString(second);
  }

  /** For people: whose, and for which accounts. */
  @Override
  public String toString() {
    return "key ID \"" + keyId + "\", principals " + principals;
  }
}
