package culvert.it.compat;

/** Who opens the data connections, as the client sees it. */
enum Mode {
  PASSIVE,
  ACTIVE;

  boolean isPassive() {
    return this == PASSIVE;
  }

  String shown() {
    return isPassive() ? "passive" : "active";
  }
}
