package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * The end of a file to which others append, too, without asking anybody. Blocks.
 *
 * @param channel appends, wherever the end is by then (O_APPEND)
 * @param disk has what was written on the disk
 */
record FileEnd(SeekableByteChannel channel, Sync disk) {

  /** {@code fsync}. */
  interface Sync {
    void sync() throws IOException;
  }

  /**
   * Appends all of it or, on a full disk, nothing: half a line would spoil the next one. What
   * others have added meanwhile stays, even at the price of half a line.
   *
   * @param size of the file when it was read
   * @return false: it has another size by now, and nothing was written
   */
  boolean append(long size, byte[] octets) throws IOException {
    if (channel.size() != size) {
      return false;
    }
    ByteBuffer out = ByteBuffer.wrap(octets);
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
      disk.sync();
      return true;
    } catch (IOException e) {
      if (channel.size() == size + out.position()) {
        channel.truncate(size);
      }
      throw e;
    }
  }
}
