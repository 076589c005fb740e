package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which of its commands the client takes a reply for: clients read in order, and tell no more than
 * NOOP, STAT and ABOR beside a transfer from it by the code of their answers. It knows nothing of
 * what the server meant: a {@code 2yz} in the place of an upload's answer is one, whatever it was
 * for.
 */
final class ClientReading {

  private static final class Asked {
    private final int number;
    private final boolean upload;
    private final boolean transfer;
    private final boolean beside;
    private final boolean aborts;
    private boolean begun;

    Asked(int number, Command command) {
      this.number = number;
      this.upload = command.uploads();
      this.transfer = command.transfers();
      this.beside = command.is("NOOP", "STAT", "ABOR");
      this.aborts = command.is("ABOR");
    }
  }

  private static final int MAX = 512;

  private final Deque<Asked> asked = new ArrayDeque<>();
  private boolean behind; // perhaps, and then for good
  private boolean waits; // perhaps, behind a 1yz
  private int doubtful; // so many of the oldest it may have gone on without

  void asks(int number, Command command) {
    Asked newest = new Asked(number, command);
    if (asked.size() < MAX || !newest.beside) { // some servers never answer those
      asked.add(newest);
    }
  }

  /**
   * It has taken something for the answer to each of its commands, but perhaps to an ABOR: of what
   * was told it by then, there may have been one answer to that and to the transfer.
   *
   * @param perhaps it was a {@code 1yz}, behind which some clients wait for more
   */
  void goesOn(boolean perhaps) {
    behind |= !asked.isEmpty();
    waits |= perhaps && behind;
    if (!waits) {
      asked.removeIf(command -> !command.aborts);
    }
    doubtful = asked.size();
  }

  /** Whether it may have gone on without the answer to a command, and read later ones as that. */
  boolean isBehind() {
    return behind;
  }

  /** Whether so much may be unanswered for it that nobody can tell what it takes a reply for. */
  boolean isLost() {
    return asked.size() > 2 * MAX;
  }

  /** A {@code 1yz} is told. */
  void begins() {
    Asked first = asked.peek();
    if (first != null) {
      first.begun = true;
    }
  }

  /** The number of the upload that the client would take a final reply for; 0: for none. */
  int upload(int code) {
    return takes(code).filter(command -> command.upload).map(command -> command.number).orElse(0);
  }

  /**
   * A final reply is told.
   *
   * @param answered the number of the upload that it is about; 0: of none
   * @return whether the client would take it for the success of another upload
   */
  boolean misleads(int code, int answered) {
    Optional<Asked> taken = takes(code);
    taken.ifPresent(asked::remove);
    doubtful = Math.min(doubtful, asked.size());
    return code >= 200
        && code < 400 // FileZilla takes a 3yz for done
        && Stream.concat(taken.stream(), asked.stream().limit(doubtful))
            .anyMatch(command -> command.upload && command.number != answered);
  }

  private Optional<Asked> takes(int code) {
    Optional<Asked> first = Optional.ofNullable(asked.peek());
    boolean besides =
        Pending.Transfer.neverOfTransfer(code)
            || (Pending.Transfer.isOfCommandBeside(code)
                && first.filter(command -> command.begun).isPresent());
    if (besides && first.filter(command -> command.transfer).isPresent()) {
      Optional<Asked> beside =
          asked.stream().skip(1).limit(1).filter(command -> command.beside).findFirst();
      return beside.isPresent() ? beside : first;
    }
    return first;
  }
}
