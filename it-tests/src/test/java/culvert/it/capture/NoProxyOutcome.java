package culvert.it.capture;

/** What came of one task of one client, as {@code UnawareErrands} tells it. */
record NoProxyOutcome(String what, String client, String mode, String task, String text) {

  static NoProxyOutcome of(String line) {
    String[] words = line.split("\t", -1);
    if (words.length != 5) {
      throw new AssertionError("not an outcome: " + line);
    }
    return new NoProxyOutcome(words[0], words[1], words[2], words[3], words[4]);
  }

  boolean isFailure() {
    return what.equals("failed");
  }

  /** It has put a file on the server, whose name is the text. */
  boolean isUpload() {
    return what.equals("pass") && task.equals("upload");
  }

  /** It cannot be, and the text says why. */
  boolean isImpossible() {
    return what.equals("cannot");
  }
}
