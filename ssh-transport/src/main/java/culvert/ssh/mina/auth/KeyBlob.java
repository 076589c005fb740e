package culvert.ssh.mina.auth;

import culvert.ssh.Printable;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** A public key or certificate in its wire form (RFC 4253 section 6.6). Immutable. */
final class KeyBlob {
  private static final int MAX_TYPE = 64;

  private final byte[] octets;
  private final String type;

  /**
   * @throws IOException does not begin with the name of a key type
   */
  KeyBlob(byte[] octets) throws IOException {
    this.octets = octets.clone();
    this.type = new WireReader(octets).text("key type");
    if (!type.matches("[!-~&&[^,]]{1," + MAX_TYPE + "}")) {
      throw new IOException("is damaged: not a key type: " + Printable.text(type));
    }
  }

  /**
   * Reads the first line of a {@code .pub} file that is no comment: type, base64, comment.
   *
   * @throws IOException says what is wrong, without the file's name
   */
  static KeyBlob parseLine(String text) throws IOException {
    String line =
        text.lines()
            .map(String::strip)
            .filter(l -> !l.isEmpty() && !l.startsWith("#"))
            .findFirst()
            .orElseThrow(() -> new IOException("is empty (expected: a public key)"));
    String[] words = line.split("\\s+", 3);
    if (words.length < 2) {
      throw new IOException("is not a public key (expected: TYPE BASE64 COMMENT)");
    }
    KeyBlob blob;
    try {
      blob = new KeyBlob(Base64.getDecoder().decode(words[1]));
    } catch (IllegalArgumentException e) {
      throw new IOException("is not a public key (expected: TYPE BASE64 COMMENT)", e);
    }
    if (!blob.type.equals(words[0])) {
      throw new IOException(
          "is damaged: says " + Printable.text(words[0]) + ", holds " + Printable.text(blob.type));
    }
    return blob;
  }

  byte[] octets() {
    return octets.clone();
  }

  /** Such as {@code ssh-ed25519} or {@code ssh-ed25519-cert-v01@openssh.com}. */
  String type() {
    return type;
  }

  boolean isCertificate() {
    return type.endsWith(Certificate.SUFFIX);
  }

  /** As OpenSSH prints it: {@code SHA256:} and base64 without padding. */
  String fingerprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(octets);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: every Java has it", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyBlob blob && Arrays.equals(octets, blob.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  @Override
  public String toString() {
    return type + " " + fingerprint();
  }
}
