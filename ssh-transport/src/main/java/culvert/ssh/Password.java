package culvert.ssh;

import java.util.Arrays;

/**
 * A password as the bytes that the FTP client sent. Never a {@code String}, never printed; its
 * owner wipes it. Thread-safe.
 */
public final class Password implements AutoCloseable {
  private final byte[] bytes; // guarded by this
  private boolean wiped; // guarded by this

  /** Takes the bytes over: the caller must not touch them any more. */
  public Password(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A copy, which the caller owns and wipes.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized byte[] copy() {
    if (wiped) {
      throw new IllegalStateException("password: already wiped");
    }
    return bytes.clone();
  }

  /** Wipes the bytes. Idempotent. */
  @Override
  public synchronized void close() {
    Arrays.fill(bytes, (byte) 0);
    wiped = true;
  }

  @Override
  public String toString() {
    return "****";
  }
}
