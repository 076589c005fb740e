package culvert.it.compat;

/** What a client is asked to do: a column of the table. */
enum Task {
  UPLOAD("upload"),
  DOWNLOAD("download"),
  LIST("list"),
  ABORT("abort"),
  PARALLEL("two in parallel");

  private final String shown;

  Task(String shown) {
    this.shown = shown;
  }

  String shown() {
    return shown;
  }
}
