package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The checked-in certificates. */
final class TestCertificates {
  private TestCertificates() {}

  /** A certificate for the key of that name. */
  static KeyBlob user(String key) throws IOException {
    return KeyBlob.parseLine(
        new String(TestKeys.resource(key + "-cert.pub"), StandardCharsets.US_ASCII));
  }

  static Path file(String name, Path directory) throws IOException {
    return Files.write(
        directory.resolve(name + "-cert.pub"), TestKeys.resource(name + "-cert.pub"));
  }
}
