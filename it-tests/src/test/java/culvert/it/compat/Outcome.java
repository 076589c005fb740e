package culvert.it.compat;

/** What came of a cell of the table. */
sealed interface Outcome {
  /** The client did the task, and every byte is right. */
  record Pass() implements Outcome {}

  /** Nothing that Culvert does could help. */
  record CannotWork(String fact) implements Outcome {}

  /** It should have worked. */
  record Failed(String what) implements Outcome {}
}
