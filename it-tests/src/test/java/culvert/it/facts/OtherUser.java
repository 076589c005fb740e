package culvert.it.facts;

import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Another user of this very host, with the client's address. */
final class OtherUser {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private OtherUser() {}

  /** Runs a Python program as that user. */
  static Run<String> python(String program, Object... arguments) {
    List<String> command =
        new ArrayList<>(List.of("runuser", "-u", TestAccount.USER, "--", "python3", "-c", program));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return Run.text(DEADLINE, command);
  }
}
