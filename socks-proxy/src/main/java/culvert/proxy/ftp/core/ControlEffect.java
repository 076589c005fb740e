package culvert.proxy.ftp.core;

import java.util.Optional;

/** What the session has to do after the {@link ControlDialogue} has seen something, in order. */
public sealed interface ControlEffect {

  /** Bytes for the server. May hold a password: their owner wipes them after writing. */
  @SuppressWarnings("ArrayRecordComponent")
  record ToServer(byte[] bytes) implements ControlEffect {
    @Override
    public String toString() {
      return "ToServer";
    }
  }

  /** Bytes for the client, not to be changed. */
  @SuppressWarnings("ArrayRecordComponent")
  record ToClient(byte[] bytes) implements ControlEffect {
    @Override
    public String toString() {
      return "ToClient";
    }
  }

  /**
   * The client is about to ask for a passive data connection: from now on whatever it opens to the
   * server may be that one, whether the server's answer is understood or not.
   */
  record AwaitData(int request) implements ControlEffect {}

  /** The transfer behind {@link AwaitData} has had its final reply. */
  record DataSettled(int request) implements ControlEffect {}

  /**
   * The server answered the client's PASV or EPSV: expect a data connection. Neither side is heard
   * until {@link ControlEvent.Announced} says what the client is told.
   *
   * @param extended whether the client asked with EPSV
   * @param reply a port that is allowed
   * @param line the server's own words
   */
  record Announce(int request, boolean extended, PassiveReply reply, ReplyLine line)
      implements ControlEffect {}

  /**
   * The client wants its data there, for a PORT of now or for the next transfer after one. Every
   * later command waits for {@link ControlEvent.Convert}, {@link ControlEvent.Rename} or {@link
   * ControlEvent.Refuse}.
   *
   * @param renewed whether the target is one that was allowed before and has had its transfer
   */
  record Active(int request, PortCommand.Target target, boolean renewed) implements ControlEffect {}

  /**
   * A transfer of a client in active mode: connect the client's target, and then the server's port.
   * The command waits for {@link ControlEvent.Opened} or {@link ControlEvent.NotOpened}.
   *
   * @param server where the server listens; empty: it was given another target, and connects to
   *     that itself
   */
  record OpenData(int request, Optional<PassiveReply> server) implements ControlEffect {}

  /** The target of the last {@link Active} is not used any more. */
  record ActiveEnded() implements ControlEffect {}

  /** The same target serves another transfer, but nothing that was made for the held one does. */
  record DataGivenUp() implements ControlEffect {}

  /**
   * A transfer of a client in active mode, for which the server was to connect itself, has had its
   * final reply; those that were opened earlier have had theirs.
   *
   * @param failed whether the server will not connect any more
   */
  record RenamedTransferEnded(boolean failed) implements ControlEffect {}

  /** An ABOR has gone to the server while a transfer was pending. */
  record AbortSent() implements ControlEffect {}

  /** The reply that {@link AbortSent} asked for has come, or the transfer's own. */
  record AbortAnswered() implements ControlEffect {}

  /**
   * A line that may be the last of a reply, although it has another code, is held back: when
   * nothing comes behind it for a while, {@link ControlEvent.NothingMore} has to say so. In place
   * of an earlier one.
   */
  record AwaitRest(int number) implements ControlEffect {}

  /**
   * A command that moves data has gone to the server.
   *
   * @param number see {@link TransferAnswered}
   * @param request of its data connection
   * @param path the command's argument
   */
  record TransferSent(int number, int request, String command, String path)
      implements ControlEffect {}

  /**
   * The server has answered it.
   *
   * @param code of the final reply; 0: it has left that out
   */
  record TransferAnswered(int number, int code) implements ControlEffect {}

  /**
   * The server has let a user in.
   *
   * @param user as named here, with the command that was answered; empty: the one named last
   */
  record LoggedIn(Optional<String> user) implements ControlEffect {}

  /** Both sides begin with TLS now: relay bytes, understand nothing. */
  record Opaque() implements ControlEffect {}

  /** The server can be followed no more: the session ends, visibly. */
  record OutOfStep(String why) implements ControlEffect {}
}
