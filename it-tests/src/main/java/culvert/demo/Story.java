package culvert.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Tells the demo and remembers whether a step went wrong. */
final class Story {
  private final PrintStream out;
  private int scene;
  private boolean failed;

  Story(PrintStream out) {
    this.out = out;
  }

  /** A new scene. */
  void scene(String title) {
    out.printf(Locale.ROOT, "%n%d. %s%n", ++scene, title);
  }

  void say(String line) {
    out.println("   " + line);
  }

  /** A line of the FTP conversation, as the client sees it. */
  void conversation(String direction, String line) {
    out.println("     " + direction + " " + line);
  }

  /** A statement that must be true. */
  void check(boolean holds, String statement) {
    out.println((holds ? "   ok      " : "   FAILED  ") + statement);
    failed |= !holds;
  }

  boolean failed() {
    return failed;
  }
}
