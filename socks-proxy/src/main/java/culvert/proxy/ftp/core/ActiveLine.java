package culvert.proxy.ftp.core;

import java.util.Optional;

/** The control connection, as {@link ActiveDialogue} uses it. */
interface ActiveLine {

  /**
   * A transfer; file names are in every log, and not secret.
   *
   * @param number of the command, see {@link ClientReplies#owe}
   * @param restart the REST before it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
  record Transfer(boolean upload, int number, byte[] line, Optional<byte[]> restart) {}

  /** A number for what the session is asked. */
  int nextRequest();

  /** Answers the client behind the replies that it still waits for. */
  void answer(String reply);

  /** Sends the server a command of our own. */
  void sendOwn(Pending.Own.Kind kind, byte[] line);

  /**
   * Sends the server the client's transfer, whose reply the client gets.
   *
   * @param request of its data connection
   * @param renamed whether the server connects to where we have told it
   */
  void send(Transfer transfer, int request, boolean renamed);

  /** Replies to commands of our own so far mean nothing any more. */
  void abandonOwn();

  void effect(ControlEffect effect);
}
