package culvert.ssh.mina.io;

import culvert.ssh.Printable;
import java.io.ByteArrayOutputStream;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Finds a server's version behind the lines that may come before it (RFC 4253 section 4.2), with
 * the bounds of OpenSSH's client for these lines and the RFC's for the version. No input or output
 * of its own, and no clock: how long the lines may take is the connection's affair.
 */
final class ServerVersion {
  /** SSH_MAX_PRE_BANNER_LINES. */
  static final int MAX_LINES = 1024;

  /** SSH_MAX_BANNER_LEN. */
  static final int MAX_LINE_BYTES = 8192;

  /** Without CR LF. */
  static final int MAX_VERSION_BYTES = 253;

  private static final String PREFIX = "SSH-";

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int linesBefore;
  private boolean afterCr;

  /**
   * Takes the next bytes, up to the end of the version's line and no further.
   *
   * @return the version; empty: more is needed
   * @throws StreamCorruptedException if this is no SSH server's beginning
   */
  Optional<String> read(Buffer buffer) throws StreamCorruptedException {
    while (buffer.available() > 0) {
      byte next = buffer.getByte();
      if (next != '\n') {
        take(next);
        continue;
      }
      String text = line.toString(StandardCharsets.UTF_8);
      if (text.startsWith(PREFIX)) {
        return Optional.of(version(text));
      }
      line.reset();
      afterCr = false;
      if (++linesBefore >= MAX_LINES) {
        throw new StreamCorruptedException("no SSH version in " + MAX_LINES + " lines");
      }
    }
    return Optional.empty();
  }

  private void take(byte next) throws StreamCorruptedException {
    if (next == '\r') {
      afterCr = true;
    } else if (next == 0 || afterCr) {
      throw new StreamCorruptedException(
          (next == 0 ? "NUL" : "CR") + " in a line before the key exchange" + lineSoFar());
    } else if (line.size() == MAX_LINE_BYTES) {
      throw new StreamCorruptedException(
          "line of more than " + MAX_LINE_BYTES + " bytes before the key exchange" + lineSoFar());
    } else {
      line.write(next);
    }
  }

  private String version(String text) throws StreamCorruptedException {
    if (line.size() > MAX_VERSION_BYTES) {
      throw new StreamCorruptedException(
          "SSH version of %d bytes (expected: at most %d)%s"
              .formatted(line.size(), MAX_VERSION_BYTES, lineSoFar()));
    }
    return text;
  }

  private String lineSoFar() {
    return ": " + Printable.text(line.toString(StandardCharsets.UTF_8));
  }
}
