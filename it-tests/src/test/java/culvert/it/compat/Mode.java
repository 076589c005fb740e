package culvert.it.compat;

/** Who opens the data connections, as the client sees it. */
enum Mode {
  PASSIVE,
  ACTIVE;

  /** Why {@link #ACTIVE} is not for some clients. */
  static final String SOURCE_IS_CHECKED =
      "the client takes active data only from the address that it named as the server's, and without"
          + " BIND Culvert connects from its own";

  boolean isPassive() {
    return this == PASSIVE;
  }

  String shown() {
    return isPassive() ? "passive" : "active";
  }
}
