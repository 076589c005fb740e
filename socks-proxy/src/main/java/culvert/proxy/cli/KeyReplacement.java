package culvert.proxy.cli;

import culvert.proxy.cli.HostKeyQuestions.Answer;
import culvert.proxy.cli.HostKeyQuestions.Answered;
import culvert.proxy.cli.HostKeyQuestions.Failed;
import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.Outcome;
import culvert.ssh.HostKeys.ServerHostKey;
import culvert.ssh.HostKeys.StaleKey;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code culvert trust --replace}: a server's new key in the place of the known one, for somebody
 * who has its fingerprint from elsewhere, and types it.
 */
final class KeyReplacement {
  private static final String PREFIX = "SHA256:";

  private final Terminal terminal;
  private final HostKeys hostKeys;
  private final List<String> given;
  private final String options;

  /**
   * @param given fingerprints; empty: they are asked for
   * @param options that name configuration and profile, for a command
   */
  KeyReplacement(Terminal terminal, HostKeys hostKeys, List<String> given, String options) {
    this.options = options;
    this.terminal = terminal;
    this.hostKeys = hostKeys;
    this.given = List.copyOf(given);
  }

  /**
   * What is known and what the server has instead, and what to do about it.
   *
   * @param options that name configuration and profile, for a command
   */
  static void warn(Answered answered, String options, PrintStream out) {
    out.println("culvert: WARNING: the host key of " + answered.server() + " has CHANGED:");
    for (StaleKey stale : answered.stale()) {
      out.println(
          "  known:        "
              + stale.key().type()
              + " "
              + stale.key().fingerprint()
              + " ("
              + stale.location()
              + ")");
    }
    for (ServerHostKey key : answered.keys()) {
      out.println("  the server's: " + key.type() + " " + key.fingerprint());
    }
    out.println(
        "  Somebody may be between you and the server. If its administrator confirms the new key:"
            + " culvert trust --replace "
            + options
            + answered.server());
  }

  /** Whether the new key is known now. */
  boolean of(AskedServer server, HostKeyQuestions questions) throws IOException {
    List<Answer> answers = new ArrayList<>();
    questions.fetch(List.of(server), answers::add);
    if (answers.get(0) instanceof Failed failed) {
      terminal.err().println("culvert: " + failed.reason());
      return false;
    }
    Answered answered = (Answered) answers.get(0);
    if (answered.stale().isEmpty()) {
      boolean trusted = answered.check().trust() != HostKeys.Check.Trust.NONE;
      terminal.err().println("culvert: nothing to replace: " + answered.check().message());
      return trusted;
    }
    warn(answered, options, terminal.err());
    Optional<StaleKey> foreign = answered.stale().stream().filter(key -> !key.ours()).findFirst();
    if (foreign.isPresent()) {
      terminal
          .err()
          .println(
              "culvert: nothing replaced: "
                  + foreign.get().location()
                  + " is in a file that Culvert does not write (expected: that line taken out"
                  + " there first)");
      return false;
    }
    List<ServerHostKey> confirmed = confirmed(answered);
    return !confirmed.isEmpty() && replace(answered, confirmed);
  }

  private List<ServerHostKey> confirmed(Answered answered) throws IOException {
    List<String> typed = given;
    if (typed.isEmpty()) {
      if (!terminal.interactive()) {
        terminal
            .err()
            .println(
                "culvert: nothing replaced: no terminal to ask at (expected: --fingerprint"
                    + " SHA256:...)");
        return List.of();
      }
      terminal.err().print("Type the fingerprint that its administrator gave you: ");
      terminal.err().flush();
      String line = terminal.in().readLine();
      typed = line == null || line.isBlank() ? List.of() : List.of(line.strip().split("[ ,]+"));
    }
    List<ServerHostKey> confirmed = new ArrayList<>();
    for (String fingerprint : typed) {
      Optional<ServerHostKey> key =
          answered.keys().stream()
              .filter(one -> one.fingerprint().equals(whole(fingerprint)))
              .findFirst();
      if (key.isEmpty()) {
        terminal
            .err()
            .println("culvert: nothing replaced: the server has no key " + whole(fingerprint));
        return List.of();
      }
      confirmed.add(key.get());
    }
    if (confirmed.isEmpty()) {
      terminal.err().println("culvert: nothing replaced");
    }
    return confirmed;
  }

  private static String whole(String fingerprint) {
    return fingerprint.startsWith(PREFIX) ? fingerprint : PREFIX + fingerprint;
  }

  private boolean replace(Answered answered, List<ServerHostKey> confirmed) {
    AskedServer server = answered.server();
    String host = server.server().host();
    int port = server.server().port();
    boolean replaced = true;
    try {
      for (Outcome outcome :
          hostKeys.replace(server.hostKeys(), host, port, answered.keys(), confirmed)) {
        boolean bad = outcome.kind() == Outcome.Kind.REFUSED;
        (bad ? terminal.err() : terminal.out())
            .println("  " + outcome.key().type() + ": " + outcome.message());
        replaced &= !bad;
      }
      for (StaleKey left : hostKeys.stale(server.hostKeys(), host, port, answered.keys())) {
        terminal
            .err()
            .println(
                "culvert: "
                    + left.key().type()
                    + " "
                    + left.key().fingerprint()
                    + " stays in "
                    + left.location()
                    + ": the fingerprint of the server's other key of that type was not given");
      }
    } catch (IOException e) {
      terminal.err().println("culvert: " + server + ": " + e.getMessage());
      return false;
    }
    return replaced;
  }
}
