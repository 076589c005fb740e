package culvert.proxy.audit;

/** What a person can do about plaintext and refusals. */
final class Remedies {
  private Remedies() {}

  /**
   * @param why a {@code FallbackReason}'s word
   */
  static String ofFallback(String why) {
    String cause =
        switch (why) {
          case "unreachable" -> "see to the SSH server";
          case "no-identity" -> "give the profile an identity for this user";
          case "auth-failed" -> "let the SSH server take this login";
          case "forwarding-refused" -> "AllowTcpForwarding and PermitOpen of the SSH server";
          case "target-unreachable" -> "see how the SSH server reaches the destination";
          default -> "see to the SSH server";
        };
    return cause + "; to forbid plaintext: fallback-on without " + why + ", or fallback: none";
  }

  /**
   * @param why a {@code RefusedWhy}'s word
   */
  static String ofRefusal(String why, String destination) {
    return switch (why) {
      case "rule" -> "; which rule, and why: culvert explain " + destination;
      case "host-key" ->
          "; if the SSH server's administrator confirms the key: culvert trust, or, for one that"
              + " has changed, culvert trust --replace";
      case "login" -> "; to mend it: name and password, or key, as the SSH server knows them";
      case "unreachable" -> "; to mend it: see whether it can be reached from here";
      case "forwarding-refused" -> "; to mend it: AllowTcpForwarding and PermitOpen of the server";
      case "target-unreachable" -> "; to mend it: see how the SSH server reaches the destination";
      default -> "";
    };
  }

  static String ofHostKey(String server) {
    return "; if its administrator confirms the key that it shows: culvert trust --replace "
        + server;
  }
}
