package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Something that waits for a reply of the server, or for its turn among the replies. Each kind
 * knows which replies may be its answer; which of several gets one is for {@link PendingReplies}.
 */
sealed interface Pending {

  /** Whether a reply with this code that is not {@code 1yz} may be its answer. */
  default boolean accepts(int code) {
    return true;
  }

  /** Whether a {@code 1yz} may come before its answer (RFC 959 section 5.4). */
  default boolean begins() {
    return false;
  }

  /** Whether the client waits for the answer. */
  default boolean isClients() {
    return true;
  }

  /** Whether a client that goes on without the answer has taken another one for it. */
  default boolean endsWhenClientGoesOn() {
    return isClients();
  }

  /** Whether it may have its answer while a transfer before it goes on. */
  default boolean beside() {
    return false;
  }

  /** The greeting, which nobody asked for. */
  final class Greeting implements Pending {
    @Override
    public boolean begins() {
      return true;
    }

    @Override
    public boolean endsWhenClientGoesOn() {
      return false;
    }
  }

  /** A command that changes nothing here. */
  final class Ordinary implements Pending {
    private final boolean beside;

    /** Who may be logged in by it; empty: nobody, or somebody who was named before. */
    final Optional<String> user;

    /**
     * @param beside whether it came while a transfer went on, as such commands may
     */
    Ordinary(boolean beside, Optional<String> user) {
      this.beside = beside;
      this.user = user;
    }

    @Override
    public boolean beside() {
      return beside;
    }
  }

  /** MODE or STRU, which the server may refuse. */
  final class Form implements Pending {
    final String verb;

    /** See {@link Uploads#agreed}. */
    final boolean marksEnd;

    private final boolean beside;

    /**
     * @param beside as in {@link Ordinary}
     */
    Form(String verb, boolean marksEnd, boolean beside) {
      this.verb = verb;
      this.marksEnd = marksEnd;
      this.beside = beside;
    }

    @Override
    public boolean beside() {
      return beside;
    }
  }

  /** {@code EPSV ALL}. */
  final class EpsvAll implements Pending {}

  /** {@code AUTH}, where it may reach the server. */
  final class Auth implements Pending {}

  /** The client's PASV or EPSV. */
  final class Passive implements Pending {
    final int request;
    final boolean extended;

    /** The server has answered, and what the client is told is being prepared. */
    boolean announcing;

    /** Found before the last line, where some servers put what belongs there. */
    Optional<PassiveReply> inner = Optional.empty();

    Passive(int request, boolean extended) {
      this.request = request;
      this.extended = extended;
    }

    @Override
    public boolean accepts(int code) {
      return !announcing;
    }

    @Override
    public boolean endsWhenClientGoesOn() {
      return !announcing;
    }
  }

  /** RETR, STOR and the like. */
  final class Transfer implements Pending {
    private static final int MAX_ANSWER = 64 * 1024;

    final boolean upload;
    final int request;

    /** The server connects to a port that it was told of by us. */
    final boolean renamed;

    /** Of its command, see {@link ClientReplies#owe}. */
    final int number;

    /** The newest passive command before it; 0: none. */
    final int passive;

    private boolean begun;
    private int answerSize;

    /** It has had its final reply, but perhaps not all its data. */
    boolean answered;

    /** The lines of an upload's final reply, until it is known whether the client may see them. */
    final List<ReplyLine> answer = new ArrayList<>(1);

    /**
     * @param request of its data connection
     */
    Transfer(boolean upload, int number, int request, int passive, boolean renamed) {
      this.upload = upload;
      this.number = number;
      this.request = request;
      this.passive = passive;
      this.renamed = renamed;
    }

    /** Whether with this line nobody waits for the data of a passive command any more. */
    boolean settles(ReplyLine line) {
      return passive > 0 && line.last() && !line.preliminary() && !ReplyLine.announces(line.code());
    }

    /** A line of its final reply; past the limit, those in the middle are left out. */
    void answered(ReplyLine line) {
      answerSize += line.raw().length;
      if (answerSize <= MAX_ANSWER || line.last()) {
        answer.add(line);
      }
    }

    boolean begun() {
      return begun;
    }

    /** A {@code 1yz} has come. */
    void begin() {
      begun = true;
    }

    /** Once a transfer is under way, servers refuse other commands beside it. */
    @Override
    public boolean accepts(int code) {
      return !neverOfTransfer(code) && !(begun && isOfCommandBeside(code));
    }

    @Override
    public boolean begins() {
      return true;
    }

    /** An upload is protected until it is known what has become of it. */
    @Override
    public boolean endsWhenClientGoesOn() {
      return !upload;
    }

    static boolean isOfCommandBeside(int code) {
      return (code >= 500 && code <= 504) || code == 530;
    }

    static boolean neverOfTransfer(int code) {
      return switch (code) {
        case 200, 202, 211, 212, 213, 214, 215, 257, 350 -> true;
        default -> false;
      };
    }
  }

  /** ABOR. With some servers an aborted transfer and its ABOR have one answer together. */
  final class Abort implements Pending {
    /** It is ours: the client must not see the answer. */
    boolean own;

    /** The client has gone on without the answer: with some servers there is none. */
    boolean left;

    /** It has cut a transfer short, so the server has understood it. */
    boolean understood;

    Abort(boolean own) {
      this.own = own;
    }

    /** pure-ftpd ends an aborted upload with 426, and then 451. */
    @Override
    public boolean accepts(int code) {
      return switch (code) {
        case 225, 226, 421, 426 -> true;
        case 451 -> understood;
        case 500, 501, 502, 503, 504, 530 -> !understood;
        default -> false;
      };
    }

    @Override
    public boolean isClients() {
      return !own;
    }

    @Override
    public boolean beside() {
      return true;
    }

    @Override
    public boolean endsWhenClientGoesOn() {
      return false; // its second answer may well be on the way
    }
  }

  /** Our own command, for a client in active mode. */
  final class Own implements Pending {
    enum Kind {
      EPSV,
      PASV,
      /** What became of the client's PORT. */
      PORT,
      /** What the client has sent before, and the server has forgotten since. */
      REST
    }

    final Kind kind;

    /** Its reply means nothing any more. */
    boolean abandoned;

    Own(Kind kind) {
      this.kind = kind;
    }

    boolean isPassive() {
      return kind == Kind.EPSV || kind == Kind.PASV;
    }

    @Override
    public boolean accepts(int code) {
      return !isPassive() || code == 227 || code == 229 || code >= 400;
    }

    @Override
    public boolean isClients() {
      return false;
    }
  }

  /** Answered by us once the replies before it are through. */
  final class Local implements Pending {
    final byte[] reply;

    Local(byte[] reply) {
      this.reply = reply;
    }

    @Override
    public boolean accepts(int code) {
      return false;
    }

    @Override
    public boolean endsWhenClientGoesOn() {
      return false;
    }
  }
}
