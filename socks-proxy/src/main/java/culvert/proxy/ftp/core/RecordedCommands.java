package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.List;

/** What was answered here before the login, and is told to the server before it. */
final class RecordedCommands {
  static final int MAX = 16;

  private final List<Command> commands = new ArrayList<>();

  /** Whether there was room for it. */
  boolean add(Command command) {
    if (command.is("NOOP") && commands.stream().anyMatch(earlier -> earlier.is("NOOP"))) {
      return true; // once is enough
    }
    if (command.is("HOST")) {
      commands.removeIf(earlier -> earlier.is("HOST")); // the last one counts (RFC 7151)
    }
    return commands.size() < MAX && commands.add(command);
  }

  List<Command> inOrder() {
    return List.copyOf(commands);
  }

  void clear() {
    commands.clear();
  }
}
