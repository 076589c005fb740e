package culvert.ssh.mina.auth;

import culvert.ssh.Printable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a server says to people, as logs, replies and exceptions may repeat it: one printable line,
 * and not where the login's password is in it. All of it is left out then: a gap would tell what
 * stood there. Beside a password that is so short that many words hold it, nothing is repeated, nor
 * is anything once a session has said so much that looking for the password would take too long.
 *
 * <p>A session outlives its password, so of that only a hash is kept, keyed for this login alone.
 * Thread-safe.
 */
final class ServerWords {
  /** Where there is no password to be repeated. */
  static final ServerWords WITHOUT_SECRET = new ServerWords(null);

  static final String NOT_REPEATED = "(not repeated: it might hold the password)";

  /** In place of what nobody is to read anyway. */
  static final String LEFT_OUT = "(left out)";

  /** Each octet costs a hash, and no more than 300 characters are shown in the end. */
  private static final int LONGEST_BYTES = 1024;

  /** All that one session may say, and so what the loop's other sessions may wait for it. */
  private static final int MAX_HASHES = 64 * 1024;

  private static final int SHORTEST_SECRET_BYTES = 4;
  private static final String ALGORITHM = "HmacSHA256";

  private final @Nullable Secret secret;

  private ServerWords(@Nullable Secret secret) {
    this.secret = secret;
  }

  /**
   * Words beside a login with that password.
   *
   * @param password not kept
   */
  static ServerWords without(PasswordBytes password) {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    SecretKeySpec hashKey = new SecretKeySpec(key, ALGORITHM);
    byte[] utf8 = password.copy();
    try {
      return new ServerWords(new Secret(hashKey, utf8.length, mac(hashKey).doFinal(utf8)));
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
  }

  /** The words, in UTF-8 (RFC 4251 section 5), as they may be repeated. */
  String repeat(byte[] words) {
    String line = inOneLine(words);
    return secret != null && secret.mightBeIn(words, line.getBytes(StandardCharsets.UTF_8))
        ? NOT_REPEATED
        : line;
  }

  static String inOneLine(byte[] words) {
    int length = Math.min(words.length, LONGEST_BYTES);
    String text = new String(words, 0, length, StandardCharsets.UTF_8);
    return Printable.text(text.strip().replaceAll("\\s+", " "));
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + ": every Java has it", e);
    }
  }

  private static final class Secret {
    private final SecretKeySpec key;
    private final int length;
    private final byte[] hash;
    private final AtomicInteger hashesLeft = new AtomicInteger(MAX_HASHES);

    Secret(SecretKeySpec key, int length, byte[] hash) {
      this.key = key;
      this.length = length;
      this.hash = hash;
    }

    boolean mightBeIn(byte[] words, byte[] line) {
      return length < SHORTEST_SECRET_BYTES
          || mightBeIn(words)
          || (!Arrays.equals(words, line) && mightBeIn(line));
    }

    private boolean mightBeIn(byte[] words) {
      int starts = Math.max(0, Math.min(words.length - length + 1, LONGEST_BYTES));
      if (hashesLeft.addAndGet(-starts) < 0) {
        hashesLeft.set(0);
        return true;
      }
      Mac mac = mac(key);
      for (int start = 0; start < starts; start++) {
        mac.update(words, start, length);
        if (MessageDigest.isEqual(mac.doFinal(), hash)) {
          return true;
        }
      }
      return false;
    }
  }
}
