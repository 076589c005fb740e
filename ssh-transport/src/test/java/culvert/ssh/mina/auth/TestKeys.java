package culvert.ssh.mina.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
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

  static PublicKey publicKey(String name) throws Exception {
    String line = new String(resource(name + ".pub"), StandardCharsets.US_ASCII).strip();
    return AuthorizedKeyEntry.parseAuthorizedKeyEntry(line).resolvePublicKey(null, null);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TestKeys.class.getResourceAsStream("/culvert/ssh/keys/" + name)) {
      return in.readAllBytes();
    }
  }
}
