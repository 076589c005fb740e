package culvert.ssh.mina.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;

/** The checked-in keys, as files that only their owner reads. */
final class TestKeys {
  static final String PASSPHRASE = "test passphrase";

  private TestKeys() {}

  static Path file(String name, Path directory) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, resource(name));
    setMode(file, "rw-------");
    return file;
  }

  static void setMode(Path file, String permissions) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
  }

  static String publicLine(String name) throws IOException {
    return new String(resource(name + ".pub"), StandardCharsets.US_ASCII);
  }

  static PublicKey publicKey(String name) throws Exception {
    String line = new String(resource(name + ".pub"), StandardCharsets.US_ASCII).strip();
    return AuthorizedKeyEntry.parseAuthorizedKeyEntry(line).resolvePublicKey(null, null);
  }

  /**
   * The private octets of an unencrypted ed25519 key: the 32 behind the last copy of the public.
   */
  static byte[] seed(String name) throws Exception {
    String text = new String(resource(name), StandardCharsets.US_ASCII);
    byte[] blob = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
    byte[] length = {0, 0, 0, 64}; // of seed and public key together
    for (int i = blob.length - length.length; i >= 0; i--) {
      if (Arrays.equals(blob, i, i + length.length, length, 0, length.length)) {
        return Arrays.copyOfRange(blob, i + length.length, i + length.length + 32);
      }
    }
    throw new IllegalStateException(name + ": no ed25519 seed found");
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = TestKeys.class.getResourceAsStream("/culvert/ssh/keys/" + name)) {
      return in.readAllBytes();
    }
  }
}
