package culvert.it.nemesis;

/** What must never be. */
final class Violation extends Exception {
  private static final long serialVersionUID = 1;

  Violation(String message) {
    super(message);
  }
}
