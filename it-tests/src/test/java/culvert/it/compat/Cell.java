package culvert.it.compat;

/** One client with one server in one mode doing one task. */
record Cell(FtpClientProgram client, ServerPair server, Mode mode, Task task) {

  @Override
  public String toString() {
    return String.join(": ", server.name(), client.name() + ", " + mode.shown(), task.shown());
  }
}
