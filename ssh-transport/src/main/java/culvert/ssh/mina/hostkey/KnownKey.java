package culvert.ssh.mina.hostkey;

import java.nio.file.Path;

/**
 * A key and where it is written down.
 *
 * @param line counted from 1
 */
public record KnownKey(HostKey key, Path file, int line) {

  /** {@code FILE:LINE}. */
  public String location() {
    return file + ":" + line;
  }
}
