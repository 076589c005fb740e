package culvert.ssh.mina.hostkey;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The first field of a known_hosts line: which hosts it is about. Names come in lower case. */
sealed interface HostNames {

  boolean matches(String name);

  /** The names, where each stands for itself alone; empty: {@link #matches} must be asked. */
  default Optional<List<String>> literalNames() {
    return Optional.empty();
  }

  /**
   * Reads the field.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  static HostNames parse(String field) {
    return field.startsWith("|") ? Hashed.parse(field) : Patterns.parse(field);
  }

  /** {@code host}, or {@code [host]:port} where the port is not 22; in lower case. */
  static String of(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    return port == 22 ? name : "[" + name + "]:" + port;
  }

  /** {@code |1|salt|hash}: HMAC-SHA1 of the name. */
  final class Hashed implements HostNames {
    private static final int SHA1_OCTETS = 20;

    private final SecretKeySpec salt;
    private final byte[] hash;

    private Hashed(byte[] salt, byte[] hash) {
      this.salt = new SecretKeySpec(salt, "HmacSHA1");
      this.hash = hash;
    }

    static Hashed parse(String field) {
      String[] parts = field.split("\\|", -1);
      if (parts.length != 4 || !parts[1].equals("1")) {
        throw new IllegalArgumentException("hashed name is not of the form |1|salt|hash");
      }
      return new Hashed(sha1(parts[2]), sha1(parts[3]));
    }

    private static byte[] sha1(String base64) {
      try {
        byte[] octets = Base64.getDecoder().decode(base64);
        if (octets.length == SHA1_OCTETS) {
          return octets;
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("hashed name: salt or hash is not valid base64", e);
      }
      throw new IllegalArgumentException("hashed name: salt or hash is not of 20 octets");
    }

    @Override
    public boolean matches(String name) {
      try {
        Mac hmac = Mac.getInstance("HmacSHA1");
        hmac.init(salt);
        return MessageDigest.isEqual(hash, hmac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("every JDK has HmacSHA1", e);
      }
    }
  }

  /** A comma list with {@code *}, {@code ?} and {@code !}. */
  record Patterns(List<String> wanted, List<String> unwanted) implements HostNames {
    public Patterns {
      wanted = List.copyOf(wanted);
      unwanted = List.copyOf(unwanted);
    }

    static Patterns parse(String field) {
      List<String> wanted = new ArrayList<>();
      List<String> unwanted = new ArrayList<>();
      for (String item : field.toLowerCase(Locale.ROOT).split(",", -1)) {
        if (item.startsWith("!")) {
          unwanted.add(item.substring(1));
        } else {
          wanted.add(item);
        }
      }
      return new Patterns(wanted, unwanted);
    }

    @Override
    public Optional<List<String>> literalNames() {
      return unwanted.isEmpty()
              && wanted.stream().noneMatch(name -> name.contains("*") || name.contains("?"))
          ? Optional.of(wanted)
          : Optional.empty();
    }

    @Override
    public boolean matches(String name) {
      return unwanted.stream().noneMatch(pattern -> glob(pattern, name))
          && wanted.stream().anyMatch(pattern -> glob(pattern, name));
    }

    /**
     * OpenSSH's match_pattern: {@code *} and {@code ?} only, so that {@code [host]:22} is literal.
     */
    private static boolean glob(String pattern, String name) {
      int p = 0;
      int n = 0;
      int star = -1;
      int resume = 0;
      while (n < name.length()) {
        if (p < pattern.length() && pattern.charAt(p) == '*') {
          star = p++;
          resume = n;
        } else if (p < pattern.length()
            && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
          p++;
          n++;
        } else if (star >= 0) {
          p = star + 1;
          n = ++resume;
        } else {
          return false;
        }
      }
      while (p < pattern.length() && pattern.charAt(p) == '*') {
        p++;
      }
      return p == pattern.length();
    }
  }
}
