package culvert.it.compat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The outcomes of all cells as a page of Markdown. It depends on nothing but the outcomes. */
final class CompatibilityTable {
  private static final String HEAD =
      """
      # Compatibility

      Written by `CompatibilityIT`: real clients, unchanged, through Culvert, a real sshd and SSH to real FTP servers on the SSH
      server's localhost (`target: 127.0.0.1:port`), with the password from the FTP dialogue. Change nothing here by hand.

      The clients know the server under an address to which only the proxy leads. They reach the proxy with SOCKS of their own, or
      under proxychains4 or Dante's socksify, which also does BIND. *active* is `active-mode: passive`, the default, which converts
      PORT and EPRT; *active, remote-forward* is the other value. *list* is the client's own listing; *abort* breaks off a download
      that is under way, as the client does it, and then downloads another file, in the same session if the client keeps it; *two in
      parallel* are two sessions. Files are compared by SHA-256.
      """;

  private final Map<Cell, Outcome> outcomes;
  private final List<String> facts;

  CompatibilityTable(Map<Cell, Outcome> outcomes) {
    this.outcomes = outcomes;
    Set<String> facts = new LinkedHashSet<>();
    outcomes.values().stream()
        .filter(Outcome.CannotWork.class::isInstance)
        .forEach(outcome -> facts.add(((Outcome.CannotWork) outcome).fact()));
    this.facts = new ArrayList<>(facts);
  }

  String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    for (ServerPair server : distinctServers()) {
      page.append("\n## ").append(server.name()).append("\n\n| client | mode |");
      Arrays.stream(Task.values()).forEach(t -> page.append(' ').append(t.shown()).append(" |"));
      page.append("\n|---|---|").append("---|".repeat(Task.values().length)).append('\n');
      for (FtpClientProgram client : distinctClients()) {
        for (Mode mode : Mode.values()) {
          page.append(row(server, client, mode));
        }
      }
    }
    if (!facts.isEmpty()) {
      page.append("\n## Cannot work, because\n\n");
      facts.forEach(fact -> page.append(number(fact)).append(". ").append(fact).append(".\n"));
    }
    return page.toString();
  }

  private String row(ServerPair server, FtpClientProgram client, Mode mode) {
    String cells =
        Arrays.stream(Task.values())
            .map(task -> shown(outcomes.get(new Cell(client, server, mode, task))))
            .collect(Collectors.joining(" | "));
    return "| " + client.name() + " | " + mode.shown() + " | " + cells + " |\n";
  }

  private String shown(Outcome outcome) {
    if (outcome instanceof Outcome.CannotWork cannot) {
      return "cannot work, because of " + number(cannot.fact());
    }
    return outcome instanceof Outcome.Pass ? "pass" : "FAILS";
  }

  private int number(String fact) {
    return facts.indexOf(fact) + 1;
  }

  private Set<ServerPair> distinctServers() {
    return outcomes.keySet().stream()
        .map(Cell::server)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Set<FtpClientProgram> distinctClients() {
    return outcomes.keySet().stream()
        .map(Cell::client)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
