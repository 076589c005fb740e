package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a client sends, and what it is told of them. An upload is protected until its data
 * connection has ended, whatever the server says meanwhile; and that the server has it counts only
 * when its data have ended as the whole of a file does. A data connection is known by the request
 * that it came for; one of which nobody knows that has a number of its own, not above 0, and counts
 * as come for what was then the newest.
 */
final class Uploads {
  /** How far a data connection has come. */
  private enum State { // of several, the last counts
    /** The client has sent its EOF, and both sides have closed it. */
    SENT_AND_ENDED,
    /** The client has sent its EOF. */
    SENT,
    OPEN,
    BROKEN
  }

  /** A data connection. */
  private static final class Data {
    final int request;
    State state = State.OPEN;

    /** Whose it is, by number: a second transfer needs data of its own. 0: not known yet. */
    int transfer;

    Data(int request) {
      this.request = request;
    }
  }

  /** What a server's word that it has the whole file is worth. */
  private enum Verdict {
    TRUE,
    /** Nobody has sent the whole of anything. */
    FALSE,
    /** The client is still sending. */
    TOO_EARLY
  }

  private final boolean allSeen;
  private final PendingReplies pending;
  private final ClientReplies client;
  private final List<Pending.Transfer> unfinished = new ArrayList<>();
  private final Map<Integer, Data> data = new RecentMap<>();

  private final Set<String> marking = new HashSet<>(); // the verbs of such forms

  /**
   * @param allSeen whether every data connection comes this way
   */
  Uploads(boolean allSeen, PendingReplies pending, ClientReplies client) {
    this.allSeen = allSeen;
    this.pending = pending;
    this.client = client;
  }

  /** The server has agreed to a form of data, which may mark the end of a file among them. */
  void agreed(Pending.Form form) {
    if (form.marksEnd) {
      marking.add(form.verb);
    } else {
      marking.remove(form.verb);
    }
  }

  /** As sessions begin. */
  void inStreamMode() {
    marking.clear();
  }

  void began(Pending.Transfer upload) {
    unfinished.add(upload);
  }

  // Data connections

  /**
   * One has begun.
   *
   * @param number its own, which is that of its request where that is known
   */
  void started(int number, int request) {
    Data begun = new Data(request);
    begun.transfer =
        pending
            .all(Pending.Transfer.class)
            .filter(transfer -> transfer.begun() && transfer.request == request)
            .mapToInt(transfer -> transfer.number)
            .findFirst()
            .orElse(0);
    data.remove(number);
    data.put(number, begun);
  }

  /** The server has begun with a transfer, or has answered it: it is what the data are for. */
  void serves(Pending.Transfer transfer) {
    data.values().stream()
        .filter(of -> of.request == transfer.request && of.transfer == 0)
        .forEach(of -> of.transfer = transfer.number);
  }

  void sent(int number) {
    become(number, State.OPEN, State.SENT);
  }

  void ended(int number) {
    become(number, State.OPEN, State.BROKEN);
    become(number, State.SENT, State.SENT_AND_ENDED);
    unfinished.removeIf(upload -> upload.answered && of(upload) != State.OPEN);
    decideHeld();
  }

  /** Returns whether an upload is broken off with it, at which the server may be. */
  boolean broken(int number) {
    @Nullable Data of = data.get(number);
    int request = of == null ? number : of.request;
    boolean cut =
        become(number, State.OPEN, State.BROKEN)
            && unfinished.removeIf(upload -> upload.request == request);
    if (client.held().filter(held -> held.request == request).isPresent()) {
      become(number, State.SENT, State.BROKEN); // nothing else will be heard of it
    }
    decideHeld();
    return cut && !pending.isTransferOfOther(request);
  }

  private boolean become(int number, State from, State to) {
    @Nullable Data of = data.get(number);
    if (of == null || of.state != from) {
      return false;
    }
    of.state = to;
    return true;
  }

  /** Whether a client has broken data off, perhaps before the server has heard of the transfer. */
  boolean isBroken(int request) {
    return worst(request, of -> true) == State.BROKEN;
  }

  /** How far the transfer's data have come; null: it has none. */
  private @Nullable State of(Pending.Transfer transfer) {
    return worst(
        transfer.request,
        of ->
            of.transfer == 0
                || of.transfer == transfer.number
                || (!marking.isEmpty() && isUnderWay(of.state))); // serves several files
  }

  private static boolean isUnderWay(State state) {
    return state == State.OPEN || state == State.SENT;
  }

  /** Of the connection that came for the announcement itself, else of those that came beside it. */
  private @Nullable State worst(int request, Predicate<Data> counts) {
    @Nullable Data own = data.get(request);
    Stream<Data> all =
        own != null && own.request == request ? Stream.of(own) : data.values().stream();
    return all.filter(of -> of.request == request && counts.test(of))
        .map(of -> of.state)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private boolean isSent(Pending.Transfer upload) {
    State state = of(upload);
    return state == State.SENT || state == State.SENT_AND_ENDED;
  }

  /** Whether the client is sending: its upload would be taken for whole if it left now. */
  boolean anyOpen() {
    return unfinished.stream().anyMatch(upload -> !isSent(upload));
  }

  /** The client has left. Returns whether that breaks an upload off. */
  boolean abandon() {
    boolean any = anyOpen();
    for (Pending.Transfer upload : unfinished) {
      started(upload.request, upload.request);
      become(upload.request, State.OPEN, State.BROKEN);
    }
    unfinished.clear();
    return any;
  }

  // Replies

  /**
   * Whether a reply that is strange for a transfer cannot be an upload's: while its client is still
   * sending, no server has it.
   */
  boolean isTooEarly(Pending.Transfer transfer, int code) {
    return transfer.upload && code < 400 && verdict(transfer) == Verdict.TOO_EARLY;
  }

  /** The server has gone on without a final reply. */
  void unanswered(Pending.Transfer upload) {
    upload.answered = true;
    if (of(upload) != State.OPEN) {
      unfinished.remove(upload);
    }
  }

  /** The server's final reply has come. */
  void answered(Pending.Transfer upload, int code) {
    unanswered(upload);
    Verdict verdict = code >= 400 ? Verdict.TRUE : verdict(upload);
    if (verdict == Verdict.TOO_EARLY && client.held().isEmpty()) {
      client.hold(upload);
    } else {
      client.answerUpload(() -> tell(upload, verdict));
    }
  }

  private Verdict verdict(Pending.Transfer upload) {
    State state = of(upload);
    if (state == State.BROKEN || isForBrokenOne()) {
      return Verdict.FALSE;
    }
    if (state == null) {
      return allSeen ? Verdict.FALSE : Verdict.TRUE;
    }
    return state == State.OPEN && marking.isEmpty() ? Verdict.TOO_EARLY : Verdict.TRUE;
  }

  /** If the server has left a reply out, this one may be meant for a later upload. */
  private boolean isForBrokenOne() {
    return pending
        .all(Pending.Transfer.class)
        .anyMatch(later -> later.upload && isBroken(later.request));
  }

  /** What came too early is believed no sooner than both sides have closed the data connection. */
  private void decideHeld() {
    Optional<Pending.Transfer> held = client.held();
    if (held.isPresent()) {
      State state = of(held.get());
      if (state == State.SENT_AND_ENDED) {
        client.release(() -> tell(held.get(), Verdict.TRUE));
      } else if (state == null || state == State.BROKEN) {
        client.release(() -> tell(held.get(), Verdict.FALSE));
      }
    }
  }

  private void tell(Pending.Transfer upload, Verdict verdict) {
    if (verdict == Verdict.TRUE) {
      upload.answer.forEach(line -> client.relay(line, upload.number));
    } else {
      client.answer(OwnReply.line(OwnReply.UPLOAD_BROKEN));
    }
  }
}
