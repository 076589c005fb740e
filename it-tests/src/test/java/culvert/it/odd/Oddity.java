package culvert.it.odd;

/**
 * One thing that a server does in its own way.
 *
 * @param verb the command that it is about
 */
record Oddity(String name, String verb, Manner manner) {

  /** Clients of IPv4 that have the choice must be told to send it. */
  boolean epsv() {
    return verb.equals("EPSV");
  }

  @Override
  public String toString() {
    return name;
  }
}
