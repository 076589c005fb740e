package culvert.proxy.socks;

import culvert.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Name and password of RFC 1929, as bytes: neither has a character set. */
final class Credentials {
  private static final byte[] NOBODY = new byte[0];

  private final byte[] name;
  private final byte[] password;

  Credentials(byte[] name, byte[] password) {
    this.name = name;
    this.password = password;
  }

  /**
   * The user's name if these are right; takes equally long for every user and password. The
   * password is wiped: this can be asked once.
   */
  Optional<String> checkedAgainst(Map<String, Secret> users) {
    String user = new String(name, StandardCharsets.UTF_8);
    Secret secret = users.get(user);
    byte[] expected = secret == null ? NOBODY : secret.reveal().getBytes(StandardCharsets.UTF_8);
    boolean equal = MessageDigest.isEqual(password, expected);
    Arrays.fill(password, (byte) 0);
    Arrays.fill(expected, (byte) 0);
    return equal && secret != null ? Optional.of(user) : Optional.empty();
  }

  @Override
  public String toString() {
    return "Credentials[****]";
  }
}
