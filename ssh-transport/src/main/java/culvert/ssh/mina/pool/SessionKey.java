package culvert.ssh.mina.pool;

import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who may share an SSH session: the same user with the same password from the same client host, to
 * the same server by the same profile, through the same sessions with the hops before it.
 *
 * @param passwordHash keyed with a secret of this process
 */
record SessionKey(
    SshServer server,
    String user,
    String passwordHash,
    InetAddress client,
    Optional<SessionKey> via) {

  /** By which way the server is reached. */
  SpareConnections.Path path() {
    return new SpareConnections.Path(server, via);
  }

  /** Hashes passwords with a key that dies with the process. */
  static final class Factory {
    private static final String ALGORITHM = "HmacSHA256";
    private final SecretKeySpec secret;

    Factory() {
      byte[] key = new byte[32];
      new SecureRandom().nextBytes(key);
      secret = new SecretKeySpec(key, ALGORITHM);
    }

    SessionKey of(SshSessionSpec spec) {
      return new SessionKey(
          spec.server(),
          spec.user(),
          spec.password().map(this::hash).orElse(""),
          spec.client(),
          spec.via().map(this::of));
    }

    /** Empty: its password is wiped, and nobody waits for it any more. */
    Optional<SessionKey> unlessWiped(SshSessionSpec spec) {
      try {
        return Optional.of(of(spec));
      } catch (IllegalStateException e) {
        return Optional.empty();
      }
    }

    private String hash(Password password) {
      byte[] bytes = password.copy();
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(secret);
        return HexFormat.of().formatHex(mac.doFinal(bytes));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(ALGORITHM + ": every Java has it", e);
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }
}
