package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What the client sent before it was its turn. */
final class HeldCommands {
  static final int MAX_BYTES = 64 * 1024;

  private final Deque<Command> commands = new ArrayDeque<>();
  private int bytes;

  /** Whether there was room for it. */
  boolean add(Command command) {
    bytes += command.length();
    commands.add(command);
    return bytes <= MAX_BYTES;
  }

  /** Everything, in order; nothing is held any more. */
  List<Command> release() {
    List<Command> released = List.copyOf(commands);
    commands.clear();
    bytes = 0;
    return released;
  }

  void wipe() {
    release().forEach(Command::wipe);
  }
}
