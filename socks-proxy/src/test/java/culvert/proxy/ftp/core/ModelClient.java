package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client: what it has asked, and which replies it takes for the answers, oldest first. Commands
 * beside a transfer are told from it by their codes.
 */
final class ModelClient {

  /** What becomes of the replies that it reads. */
  interface Judge {
    void answered(ModelCommand command, ReadReply reply);

    /** A final reply for which no command is left. */
    void unasked(ReadReply reply);

    void quits(ReadReply reply);
  }

  private final ModelReader reader;
  private final boolean pipelines;
  private final Judge judge;
  private final Deque<ModelCommand> waiting = new ArrayDeque<>();
  private final List<ModelCommand> all = new ArrayList<>();
  private @Nullable ModelCommand passive;
  private boolean quit;

  /**
   * @param pipelines where the reader {@link ModelReader#mayPipeline}
   */
  ModelClient(ModelReader reader, boolean pipelines, Judge judge) {
    this.reader = reader;
    this.pipelines = pipelines && reader.mayPipeline();
    this.judge = judge;
  }

  ModelReader reader() {
    return reader;
  }

  boolean pipelines() {
    return pipelines;
  }

  /** All that it has ever sent. */
  List<ModelCommand> all() {
    return all;
  }

  List<ModelCommand> waiting() {
    return List.copyOf(waiting);
  }

  /** Whether such a client sends this now. */
  boolean maySend(String line) {
    ModelCommand command = new ModelCommand(line, passive);
    if (quit) {
      return false;
    }
    if (pipelines) {
      return true;
    }
    ModelCommand first = waiting.peek();
    boolean besideIt =
        first != null
            && first.transfer()
            && command.beside()
            && (first.begun || command.verb.equals("ABOR"));
    return first == null || besideIt;
  }

  void sent(String line) {
    ModelCommand command = new ModelCommand(line, passive);
    if (command.asksForPort()) {
      passive = command;
    }
    command.sentBeside = command.beside() && !waiting.isEmpty() && waiting.element().transfer();
    waiting.add(command);
    all.add(command);
  }

  /** It waits no longer for what it has sent beside a transfer that is over. */
  void giveUpOnCommandsBeside() {
    if (!pipelines && waiting.stream().allMatch(command -> command.sentBeside)) {
      waiting.clear();
    }
  }

  void reads(byte[] bytes) {
    for (ReadReply reply : reader.feed(bytes)) {
      if (!quit) {
        read(reply);
      }
    }
  }

  private void read(ReadReply reply) {
    ModelCommand first = waiting.peek();
    if (reply.code() == 0) {
      quit = true;
      judge.quits(reply);
    } else if (reply.preliminary() && first != null && first.transfer()) {
      first.begun = true;
    } else if (reply.preliminary() && (first == null || !reader.endsAtPreliminary())) {
      return; // it waits for more
    } else if (first == null) {
      judge.unasked(reply);
    } else {
      ModelCommand answered = besides(first, reply).orElse(first);
      waiting.remove(answered);
      answered.answer = reply;
      judge.answered(answered, reply);
    }
  }

  private Optional<ModelCommand> besides(ModelCommand first, ReadReply reply) {
    return first.transfer() && isOfCommandBeside(reply.code(), first.begun)
        ? waiting.stream().skip(1).limit(1).filter(ModelCommand::beside).findFirst()
        : Optional.empty();
  }

  private static boolean isOfCommandBeside(int code, boolean begun) {
    return switch (code) {
      case 200, 202, 211, 212, 213, 214, 215, 257, 350 -> true;
      case 500, 501, 502, 503, 504, 530 -> begun;
      default -> false;
    };
  }
}
