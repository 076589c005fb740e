package culvert.proxy.ftp.core;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What happens to a relayed control connection: the one door into the {@link ControlDialogue}. An
 * answer names the request of the {@link ControlEffect} that asked for it; one that comes too late
 * changes nothing.
 */
public sealed interface ControlEvent {

  /**
   * The client sent a command. It still belongs to the caller, who wipes it.
   *
   * @param followed whether more commands came with it, so that the client cannot have waited for
   *     the reply to this one
   */
  record Sent(Command command, boolean followed) implements ControlEvent {}

  /**
   * What the client has sent next begins another login, for which this upstream is not used: the
   * client waits for no more than it would with any other command.
   */
  record StartsOver() implements ControlEvent {}

  /** The server sent a line. */
  record Replied(ReplyLine line) implements ControlEvent {}

  /** Answers {@link ControlEffect.AwaitRest}. */
  record NothingMore(int number) implements ControlEvent {}

  /** The server has ended the connection, behind everything that it has said. */
  record ServerEnded() implements ControlEvent {}

  /**
   * Answers {@link ControlEffect.Announce}.
   *
   * @param line what the client is told, whole
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
  record Announced(int request, byte[] line) implements ControlEvent {}

  /** What the session has to say to a client's active mode. */
  sealed interface OfActiveMode extends ControlEvent {}

  /**
   * Answers {@link ControlEffect.Active}: the server is asked to listen, and a data connection made
   * from here leads there.
   */
  record Convert(int request) implements OfActiveMode {}

  /**
   * Answers {@link ControlEffect.Active}: the server is told to connect to another address.
   *
   * @param addresses as the server may know it, not empty; where it refuses one (servers connect to
   *     nobody but the control connection's peer), it is told the next
   */
  record Rename(int request, List<InetSocketAddress> addresses) implements OfActiveMode {
    public Rename {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Answers {@link ControlEffect.Active}: it cannot be.
   *
   * @param reply the whole line
   */
  record Refuse(int request, String reply) implements OfActiveMode {}

  /** Answers {@link ControlEffect.OpenData}: the client is there, the transfer may begin. */
  record Opened(int request) implements OfActiveMode {}

  /** Answers {@link ControlEffect.OpenData}: the server never hears of the transfer. */
  record NotOpened(int request, String why) implements OfActiveMode {}

  /**
   * Ends what {@link ControlDialogue#waiting} tells of: the PORT or the transfer fails, and the
   * server never hears of the transfer. Changes nothing when nothing waits.
   */
  record GiveUp(String why) implements OfActiveMode {}

  /**
   * A client has come for data.
   *
   * @param request of the {@link ControlEffect.Announce} or {@link ControlEffect.OpenData} that it
   *     came for; not above 0: nobody knows for which, and it is taken for the newest one
   */
  record DataStarted(int request) implements ControlEvent {}

  /**
   * The client's data have ended with its EOF, which the server hears of only now: no reply that
   * came earlier can say that the server has the whole of them.
   */
  record DataSent(int request) implements ControlEvent {}

  /** The client has broken its data connection off, of which the server has not heard yet. */
  record DataBroken(int request) implements ControlEvent {}

  /** The data connection is closed on both sides. */
  record DataEnded(int request) implements ControlEvent {}

  /** The client has left its control connection, and perhaps an upload. */
  record ClientGone() implements ControlEvent {}
}
