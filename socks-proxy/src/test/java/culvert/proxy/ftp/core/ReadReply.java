package culvert.proxy.ftp.core;

import java.util.List;

/**
 * A reply as one client has read it.
 *
 * @param code 0: the client can make nothing of it, and gives the connection up
 * @param lines without their ends
 */
record ReadReply(int code, List<String> lines) {

  boolean preliminary() {
    return code >= 100 && code < 200;
  }

  boolean done() {
    return code >= 200 && code < 300;
  }

  String first() {
    return lines.get(0);
  }

  String last() {
    return lines.get(lines.size() - 1);
  }

  String whole() {
    return String.join("\n", lines);
  }
}
