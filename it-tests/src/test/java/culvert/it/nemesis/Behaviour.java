package culvert.it.nemesis;

/** What a client does in the middle of its own transfer. */
enum Behaviour {
  /** Nothing: it wants the whole file. */
  OBEDIENT,
  /** Takes or sends nothing for a while, so that windows fill; then it goes on. */
  STALLS,
  /** Says ABOR and waits for what happens. */
  ABORTS,
  /** Resets the data connection. */
  RESETS,
  /** Closes the data connection in order: a download is given up, an upload is shorter. */
  CLOSES,
  /** Closes the control connection, and then resets the data connection. */
  HANGS_UP,
}
