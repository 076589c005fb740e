package culvert.ssh.mina.hostkey;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A host's public key.
 *
 * @param type its name on the wire: {@code ssh-ed25519}, {@code ecdsa-sha2-nistp256}, ...
 * @param base64 the key's wire form (RFC 4253 section 6.6) as known_hosts writes it
 */
public record HostKey(String type, String base64) {
  private static final String ED25519 = "ssh-ed25519";
  private static final String RSA = "ssh-rsa";

  /** Octets of an uncompressed point on each curve (RFC 5656 section 3.1). */
  private static final Map<String, Integer> POINT_LENGTHS =
      Map.of("ecdsa-sha2-nistp256", 65, "ecdsa-sha2-nistp384", 97, "ecdsa-sha2-nistp521", 133);

  public static HostKey of(PublicKey key) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(key);
    byte[] blob = buffer.getCompactData();
    String type = string(ByteBuffer.wrap(blob));
    return new HostKey(type, Base64.getEncoder().encodeToString(blob));
  }

  /**
   * Types that OpenSSH has and that are never proposed here, and how many fields follow on the
   * type.
   */
  private static final Map<String, Integer> OPAQUE =
      Map.of(
          "ssh-dss", 4,
          "sk-ssh-ed25519@openssh.com", 2,
          "sk-ecdsa-sha2-nistp256@openssh.com", 3);

  private static final Map<String, String> OPAQUE_NAMES =
      Map.of(
          "ssh-dss", "DSA",
          "sk-ssh-ed25519@openssh.com", "ED25519-SK",
          "sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK");

  /** RFC 4250 section 4.6.1. */
  private static final Pattern TYPE = Pattern.compile("[!-~&&[^,]]{1,64}");

  /**
   * Reads a key as known_hosts writes it. One of a type that is not spoken here is taken as it is:
   * a host that is known by such a key only is known, and all others are changed ones.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  static HostKey parse(String type, String base64) {
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException("no key type in the field before the key");
    }
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the key is not valid base64", e);
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(blob);
      String inner = string(in);
      if (!inner.equals(type)) {
        throw new IllegalArgumentException(
            "the line says " + type + ", the key itself is of another type");
      }
      byte[] canonical = canonical(type, in, blob);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " octets too many after the key");
      }
      return new HostKey(type, Base64.getEncoder().encodeToString(canonical));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("the key is truncated", e);
    }
  }

  private static byte[] canonical(String type, ByteBuffer in, byte[] blob) {
    if (type.equals(RSA)) {
      BigInteger exponent = mpint(in);
      BigInteger modulus = mpint(in);
      ByteArrayBuffer out = new ByteArrayBuffer();
      out.putString(RSA);
      out.putMPInt(exponent);
      out.putMPInt(modulus);
      return out.getCompactData();
    }
    if (type.equals(ED25519)) {
      expectLength(octets(in), 32);
    } else if (OPAQUE.containsKey(type)) {
      for (int field = OPAQUE.getOrDefault(type, 0); field > 0; field--) {
        octets(in);
      }
    } else if (!POINT_LENGTHS.containsKey(type)) {
      in.position(in.limit()); // whatever such keys are made of
    } else {
      String curve = string(in);
      if (!type.endsWith("-" + curve)) {
        throw new IllegalArgumentException("the key's curve does not fit " + type);
      }
      expectLength(octets(in), POINT_LENGTHS.getOrDefault(type, 0));
    }
    return blob;
  }

  private static void expectLength(byte[] octets, int expected) {
    if (octets.length != expected) {
      throw new IllegalArgumentException(
          "the key has " + octets.length + " octets (expected: " + expected + ")");
    }
  }

  /** {@code SHA256:...}, as ssh-keygen prints it. */
  public String fingerprint() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(base64));
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The modulus's bits of an RSA key; 0 for other types. */
  int rsaBits() {
    if (!type.equals(RSA)) {
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
    string(in);
    mpint(in);
    return mpint(in).bitLength();
  }

  /**
   * As OpenSSH shortens it for people: {@code ED25519}, {@code ECDSA}, {@code RSA}; a type that is
   * not known here as it is.
   */
  public String shortType() {
    return switch (type) {
      case ED25519 -> "ED25519";
      case RSA -> "RSA";
      default -> POINT_LENGTHS.containsKey(type) ? "ECDSA" : OPAQUE_NAMES.getOrDefault(type, type);
    };
  }

  /** The line of a known_hosts file that names this key. */
  public String line(String hostName) {
    return hostName + " " + type + " " + base64;
  }

  @Override
  public String toString() {
    return shortType() + " " + fingerprint();
  }

  private static BigInteger mpint(ByteBuffer in) {
    byte[] octets = octets(in);
    return octets.length == 0 ? BigInteger.ZERO : new BigInteger(octets);
  }

  private static String string(ByteBuffer in) {
    return new String(octets(in), StandardCharsets.US_ASCII);
  }

  private static byte[] octets(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] octets = new byte[length];
    in.get(octets);
    return octets;
  }
}
