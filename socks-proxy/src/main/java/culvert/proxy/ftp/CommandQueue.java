package culvert.proxy.ftp;

import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.ftp.core.CommandSplitter;
import java.util.ArrayDeque;
import java.util.Queue;

/** What a client has sent and nobody has taken yet. Confined to the session's loop. */
final class CommandQueue {
  /** Commands that may wait here; reading stops long before, but takes what one batch brings. */
  static final int MAX_WAITING = 4096;

  /** Commands that may wait here while nothing is taken, before reading stops. */
  private static final int MANY = 16;

  private final CommandSplitter splitter = new CommandSplitter();
  private final Queue<ClientInput> inputs = new ArrayDeque<>();

  /** Returns whether it still is a number that somebody could mean. */
  boolean add(byte[] bytes) {
    inputs.addAll(splitter.feed(bytes));
    return inputs.size() <= MAX_WAITING;
  }

  boolean isEmpty() {
    return inputs.isEmpty();
  }

  /** Whether more may come although nothing is taken. */
  boolean mayWait() {
    return inputs.size() < MANY;
  }

  /** The next one, which stays. */
  ClientInput peek() {
    return inputs.element();
  }

  /** The next one, which the caller takes over, and wipes. */
  ClientInput take() {
    return inputs.remove();
  }

  /** Forgets everything: it may hold passwords. */
  void wipe() {
    splitter.wipe();
    inputs.forEach(CommandQueue::wipe);
    inputs.clear();
  }

  static void wipe(ClientInput input) {
    if (input instanceof Command command) {
      command.wipe();
    }
  }
}
