package culvert.ssh.mina.hostkey;

import java.nio.file.Path;

/**
 * A key and where it is written down.
 *
 * @param line counted from 1; {@value #NOT_WRITTEN}: it was accepted, and is not in the file
 */
public record KnownKey(HostKey key, Path file, int line) {
  private static final int NOT_WRITTEN = 0;

  /** A key that was accepted for the file. */
  static KnownKey accepted(HostKey key, Path file) {
    return new KnownKey(key, file, NOT_WRITTEN);
  }

  /** {@code FILE:LINE}, or in words. */
  public String location() {
    return line == NOT_WRITTEN ? "accepted before, not in " + file : file + ":" + line;
  }
}
