package culvert.proxy.ftp.core;

import java.util.Set;

/**
 * What a log may show of a server's replies. A server may echo what it was sent, in one line or in
 * several, in the answer or, where pairing is off, in the next: from a command whose argument may
 * be a secret on, only codes are shown, until the next harmless command was sent with every answer
 * in. Replies to a login are never shown.
 */
public final class ShownReplies {
  /** Of answers to PASS and ACCT, whenever they come. */
  private static final Set<Integer> LOGIN = Set.of(202, 230, 232, 332, 530);

  private int unanswered = 1; // the greeting
  private boolean hidden;

  /** A line goes to the server. It is not kept. */
  public void sent(byte[] line) {
    if (Command.mayHoldSecret(line)) {
      hidden = true;
    } else if (unanswered <= 0) {
      hidden = false;
    }
    unanswered = Math.max(0, unanswered) + 1;
  }

  /** What to print for the next line of the server. */
  public Object shown(ReplyLine line) {
    boolean hide = hidden || LOGIN.contains(line.code());
    if (line.last() && !line.preliminary()) {
      unanswered--;
    }
    return hide ? new Masked(line.code(), line.last()) : line;
  }

  private record Masked(int code, boolean last) {
    @Override
    public String toString() {
      return code == ReplyLine.NO_CODE ? "****" : "%03d%s****".formatted(code, last ? " " : "-");
    }
  }
}
