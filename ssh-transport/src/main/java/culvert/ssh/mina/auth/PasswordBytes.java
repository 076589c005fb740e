package culvert.ssh.mina.auth;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A password as SSH wants it, UTF-8 (RFC 4252 section 8), in an array that is wiped. Thread-safe.
 */
final class PasswordBytes implements AutoCloseable {
  private final byte[] utf8; // guarded by this
  private boolean closed; // guarded by this

  private PasswordBytes(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** Out of the configuration. */
  static PasswordBytes of(String secret) {
    return new PasswordBytes(secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The octets that an FTP client sent: UTF-8 if they are valid as such, else in the given charset.
   *
   * @param octets wiped
   */
  static PasswordBytes of(byte[] octets, Charset charset) {
    if (isUtf8(octets)) {
      return new PasswordBytes(octets);
    }
    CharBuffer chars = CharBuffer.allocate(maxLength(octets.length, charset));
    var decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    decoder.decode(ByteBuffer.wrap(octets), chars, true);
    decoder.flush(chars);
    chars.flip();
    ByteBuffer encoded = ByteBuffer.allocate(3 * chars.remaining());
    StandardCharsets.UTF_8.newEncoder().encode(chars, encoded, true);
    encoded.flip();
    byte[] utf8 = new byte[encoded.remaining()];
    encoded.get(utf8);
    Arrays.fill(octets, (byte) 0);
    wipe(chars);
    Arrays.fill(encoded.array(), (byte) 0);
    return new PasswordBytes(utf8);
  }

  private static int maxLength(int octets, Charset charset) {
    return (int) Math.ceil(octets * (double) charset.newDecoder().maxCharsPerByte());
  }

  private static boolean isUtf8(byte[] octets) {
    CharBuffer chars = CharBuffer.allocate(octets.length);
    try {
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      var result = decoder.decode(ByteBuffer.wrap(octets), chars, true);
      if (result.isError()) {
        result.throwException();
      }
      return true;
    } catch (CharacterCodingException e) {
      return false;
    } finally {
      wipe(chars);
    }
  }

  private static void wipe(CharBuffer chars) {
    Arrays.fill(chars.array(), '\0');
  }

  /**
   * A copy, which the caller wipes.
   *
   * @throws IllegalStateException after {@link #close}
   */
  synchronized byte[] copy() {
    if (closed) {
      throw new IllegalStateException("password: already wiped");
    }
    return utf8.clone();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    Arrays.fill(utf8, (byte) 0);
    closed = true;
  }

  @Override
  public String toString() {
    return "****";
  }
}
