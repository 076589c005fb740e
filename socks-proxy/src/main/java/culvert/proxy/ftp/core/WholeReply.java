package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.List;

/** Collects the lines of a reply that the client is told as a whole or not at all. */
final class WholeReply {
  /** Bytes; lines in the middle that come past them are left out. */
  private static final int MAX = 16 * 1024;

  private final List<ReplyLine> lines = new ArrayList<>(1);
  private int size;

  /** One more line; gives all, once, with the last, else none. */
  List<ReplyLine> with(ReplyLine line) {
    size += line.raw().length;
    if (size <= MAX || line.last()) {
      lines.add(line);
    }
    if (!line.last()) {
      return List.of();
    }
    List<ReplyLine> whole = List.copyOf(lines);
    lines.clear();
    size = 0;
    return whole;
  }
}
