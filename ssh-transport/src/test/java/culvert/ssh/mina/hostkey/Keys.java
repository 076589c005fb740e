package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;

/** The checked-in keys as host keys. */
final class Keys {
  static final HostKey ED25519 = load("ed25519");
  static final HostKey OTHER_ED25519 = load("ed25519-encrypted");
  static final HostKey ECDSA = load("ecdsa256");
  static final HostKey ECDSA_521 = load("ecdsa521");
  static final HostKey RSA = load("rsa");
  static final HostKey OTHER_RSA = load("rsa-pkcs1");

  private Keys() {}

  /** The text of the public half, without the comment. */
  static String text(String name) {
    List<String> fields =
        List.of(new String(resource(name + ".pub"), StandardCharsets.US_ASCII).split(" ", -1));
    return fields.get(0) + " " + fields.get(1);
  }

  static KeyPair pair(String name, Path directory) throws Exception {
    Path file = directory.resolve(name);
    Files.write(file, resource(name));
    return new FileKeyPairProvider(file).loadKeys(null).iterator().next();
  }

  private static HostKey load(String name) {
    try {
      return HostKey.of(
          AuthorizedKeyEntry.parseAuthorizedKeyEntry(text(name)).resolvePublicKey(null, null));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] resource(String name) {
    try (InputStream in = Keys.class.getResourceAsStream("/culvert/ssh/keys/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
