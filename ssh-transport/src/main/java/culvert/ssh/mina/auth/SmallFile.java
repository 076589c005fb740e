package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads files that hold a key or a certificate. */
final class SmallFile {
  private static final int MAX_OCTETS = 1 << 20;

  private SmallFile() {}

  static byte[] read(Path file, String expected) throws IOException {
    return read(file, Files.readAttributes(file, BasicFileAttributes.class), expected);
  }

  static byte[] read(Path file, BasicFileAttributes attributes, String expected)
      throws IOException {
    if (!attributes.isRegularFile()) {
      throw new IOException("is not a file");
    }
    if (attributes.size() > MAX_OCTETS) {
      throw new IOException(
          "has %d octets (expected: %s, at most %d)"
              .formatted(attributes.size(), expected, MAX_OCTETS));
    }
    return Files.readAllBytes(file);
  }

  /** What is wrong, as it follows on a file's name. */
  static String problem(Exception e) {
    if (e instanceof NoSuchFileException) {
      return " does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return " cannot be read: permission denied";
    }
    return ": " + e.getMessage();
  }
}
