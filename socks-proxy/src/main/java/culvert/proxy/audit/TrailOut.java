package culvert.proxy.audit;

import java.io.IOException;

/** Where a trail's lines go. Confined to the thread that writes; all methods block. */
interface TrailOut extends AutoCloseable {

  /** For messages. */
  String name();

  /**
   * Adds a line, as a whole or, if this fails, not at all.
   *
   * @param line without its end
   */
  void append(byte[] line) throws IOException;

  /** What has been added is on the disk when it returns. */
  void force() throws IOException;

  /** Opens a file of the name anew if somebody has moved the old one away, or deleted it. */
  void follow() throws IOException;

  @Override
  void close() throws IOException;
}
