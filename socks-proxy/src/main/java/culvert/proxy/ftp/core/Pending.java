package culvert.proxy.ftp.core;

import org.jspecify.annotations.Nullable;

/** Something that waits for a reply of the server, or for its turn among the replies. */
final class Pending {

  enum Kind {
    /** The greeting, which nobody asked for. */
    GREETING,
    PASV,
    EPSV,
    EPSV_ALL,
    DOWNLOAD,
    UPLOAD,
    ABOR,
    AUTH,
    /** Answered by us once the replies before it are through. */
    LOCAL,
    /** Our own, for a client in active mode. */
    OWN_EPSV,
    OWN_PASV,
    /** What became of the client's PORT. */
    RENAMED_PORT,
    OTHER;

    boolean transfer() {
      return this == DOWNLOAD || this == UPLOAD;
    }

    boolean passive() {
      return this == PASV || this == EPSV || ownPassive();
    }

    boolean ownPassive() {
      return this == OWN_EPSV || this == OWN_PASV;
    }
  }

  final Kind kind;
  final byte @Nullable [] localReply;

  /** How many passive commands of the client's had gone to the server, this one included. */
  final int request;

  /** The client must not see the answer. */
  boolean swallowed;

  /** The client broke the data connection off. */
  boolean uploadBroken;

  /** An ABOR that the server has understood: it has cut the transfer short. */
  boolean understood;

  /** Our own command, whose reply means nothing any more. */
  boolean abandoned;

  /** A transfer for which the server connects to a port that it was told of by us. */
  boolean renamed;

  /** A line of the final reply was already dealt with. */
  boolean answered;

  /** Waits for the server. */
  Pending(Kind kind, int request) {
    this.kind = kind;
    this.request = request;
    this.localReply = null;
  }

  /** Waits for its turn. */
  Pending(byte[] localReply) {
    this.kind = Kind.LOCAL;
    this.request = 0;
    this.localReply = localReply;
  }

  /** Our own, for a client in active mode. */
  boolean forActiveMode() {
    return kind.ownPassive() || kind == Kind.RENAMED_PORT;
  }

  /** Our own ABOR. */
  boolean ownAbort() {
    return kind == Kind.ABOR && swallowed;
  }
}
