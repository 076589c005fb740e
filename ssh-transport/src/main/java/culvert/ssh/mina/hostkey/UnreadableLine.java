package culvert.ssh.mina.hostkey;

import java.nio.file.Path;

/**
 * A line of a known_hosts file that says nobody knows what. While there is one, nobody can tell who
 * is new.
 *
 * @param line counted from 1
 * @param problem for people
 */
record UnreadableLine(Path file, int line, String problem) {

  /** {@code FILE:LINE (PROBLEM)}. */
  @Override
  public String toString() {
    return file + ":" + line + " cannot be read (" + problem + ")";
  }
}
