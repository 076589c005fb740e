package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server that keeps to RFC 959, in one of the ways that servers have: commands are answered in
 * order, transfers with a {@code 1yz} and a final reply, an ABOR beside one with one reply or two.
 * It says again what it was asked, so that a client can tell whose answer it reads.
 */
final class ConformingServer {
  /** What becomes of NOOP and STAT during a transfer. */
  enum Beside {
    ANSWERED,
    DROPPED,
    AFTERWARDS
  }

  /** What a transfer and its ABOR are answered. */
  enum Aborts {
    CUT_AND_DONE("426 cut%s", "226 aborted%s"),
    DONE_AND_DONE("226 ok%s", "225 nothing to abort%s"),
    TOGETHER("", "226 aborted%s"),
    CUT_ALONE("426 cut%s", ""),
    TWO_FAILURES("426 cut%s", "451 aborted%s");

    private final String transfer;
    private final String abort;

    Aborts(String transfer, String abort) {
      this.transfer = transfer;
      this.abort = abort;
    }

    boolean one() {
      return transfer.isEmpty() || abort.isEmpty();
    }
  }

  private final ModelSession session;
  private final Beside beside;
  private final Aborts aborts;
  private int listens; // the port of the newest passive reply
  private int nextPort = 50_000;
  private @Nullable String transfer; // that is under way
  private int request; // whose data are those of the transfer
  private boolean active;

  ConformingServer(ModelSession session, Beside beside, Aborts aborts) {
    this.session = session;
    this.beside = beside;
    this.aborts = aborts;
  }

  /** One step; returns whether there was anything to do. */
  boolean act(int cut, boolean refuses) {
    if (transfer != null) {
      return transfer(cut);
    }
    String line = session.received.poll();
    if (line == null) {
      return false;
    }
    reply(line, cut, refuses);
    return true;
  }

  private void say(String text, String about, int cut) {
    session.say(text.formatted(" [" + about + "]") + "\r\n", cut);
  }

  private void reply(String line, int cut, boolean refuses) {
    ModelCommand command = new ModelCommand(line, null);
    switch (command.verb) {
      case "PASV", "EPSV" -> passive(line, cut, refuses);
      case "PORT", "EPRT" -> {
        active = true;
        say("200 will do%s", line, cut);
      }
      case "STAT", "FEAT", "HELP" ->
          say("211-begin\r\n 226 not yet\r\n inside\r\n211 end%s", line, cut);
      case "CWD", "MODE" -> say("250 ok%s", line, cut);
      case "PWD" -> say("257 \"/\"%s", line, cut);
      case "REST" -> say("350 go on%s", line, cut);
      case "REIN" -> {
        listens = 0;
        active = false;
        say("220 ready%s", line, cut);
      }
      case "ABOR" -> say("226 nothing to do%s", line, cut);
      case "QUIT" -> say("221 bye%s", line, cut);
      default -> {
        if (command.transfer()) {
          begin(line, cut, refuses);
        } else {
          say(refuses ? "500 what%s" : "200 ok%s", line, cut);
        }
      }
    }
  }

  private void passive(String line, int cut, boolean refuses) {
    if (line.equals("EPSV ALL")) {
      say("200 ok%s", line, cut);
    } else if (refuses) {
      listens = 0; // as vsftpd does
      say(line.equals("EPSV") ? "502 no%s" : "425 no%s", line, cut);
    } else {
      active = false;
      listens = ++nextPort;
      String port = listens / 256 + "," + listens % 256;
      say(
          line.startsWith("PASV")
              ? "227 ok (10,9,8,7," + port + ")%s"
              : "229 ok (|||" + listens + "|)%s",
          line,
          cut);
    }
  }

  private void begin(String line, int cut, boolean refuses) {
    int found =
        session.serverPorts.entrySet().stream()
            .filter(entry -> entry.getValue() == listens)
            .mapToInt(Map.Entry::getKey)
            .max()
            .orElse(0);
    int of = active ? session.activeRequest(line) : found;
    if (refuses || of == 0 || (!active && listens == 0)) {
      listens = refuses ? listens : 0;
      say("550 no%s", line, cut);
      return;
    }
    transfer = line;
    request = of;
    say("150 go%s", line, cut);
  }

  /** What happens while a transfer is under way. */
  private boolean transfer(int cut) {
    ModelSession.Data data = session.data.get(request);
    if (active && data == ModelSession.Data.AWAITED) {
      session.data(request, ModelSession.Data.OPEN); // the server connects
      return true;
    }
    Optional<String> besides = besides();
    if (besides.isPresent()) {
      String line = besides.get();
      if (line.equals("ABOR")) {
        abort(cut);
      } else if (beside == Beside.ANSWERED) {
        reply(line, cut, false);
      }
      return true;
    }
    boolean upload = new ModelCommand(transfer(), null).upload();
    boolean done =
        upload
            ? data != null && data.compareTo(ModelSession.Data.SENT) >= 0
            : data != ModelSession.Data.AWAITED && data != null;
    if (done) {
      String line = end();
      say("226 done%s", line, cut);
    }
    return done;
  }

  private String transfer() {
    if (transfer == null) {
      throw new IllegalStateException("no transfer");
    }
    return transfer;
  }

  private String end() {
    String line = transfer();
    transfer = null;
    listens = 0;
    return line;
  }

  /** The next command, if it is looked at during a transfer. */
  private Optional<String> besides() {
    String line = session.received.peek();
    if (line == null || !new ModelCommand(line, null).beside()) {
      return Optional.empty();
    }
    boolean now = line.equals("ABOR") || beside != Beside.AFTERWARDS;
    return now ? Optional.of(session.received.remove()) : Optional.empty();
  }

  private void abort(int cut) {
    String line = end();
    List<String> replies = new ArrayList<>();
    if (!aborts.transfer.isEmpty()) {
      replies.add(aborts.transfer.formatted(" [" + line + "]"));
    }
    if (!aborts.abort.isEmpty()) {
      String about = aborts.transfer.isEmpty() ? line : "ABOR";
      replies.add(aborts.abort.formatted(" [" + about + "]"));
    }
    session.say(String.join("\r\n", replies) + "\r\n", cut);
  }
}
