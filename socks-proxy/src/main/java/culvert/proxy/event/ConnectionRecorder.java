package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.SshException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.UUID;

/**
 * Where the {@link Story} of one client connection is told, from the front door to its end.
 * Confined to the client channel's event loop.
 */
public interface ConnectionRecorder {

  /**
   * The id of the story by which the job began that this connection is a part of: an FTP session's
   * control connection. It is this story's own, unless it {@link #belongsTo} another. Any thread
   * may ask before that is told. The {@code job} of every log line.
   */
  UUID job();

  /**
   * It is a data connection of that job's.
   *
   * @param request the number of what it serves there
   */
  void belongsTo(UUID job, int request);

  /** Somebody finds out who runs the client, and will tell {@link #ownedBy}. */
  void ownerAsked();

  /** Who runs the client was found out. */
  void ownedBy(ClientProgram owner);

  /**
   * The rules have decided, or the connection belongs to an FTP session.
   *
   * @param asked what the rules were asked, with what has been looked up for them
   * @param rule a rule's name, {@code default-action}, {@code ftp-data}, or {@code fixed-tunnel}
   * @param action the action's word
   */
  void routed(ConnectionRequest asked, String rule, String action);

  /**
   * The client has named its destination only now, and the rules have decided about that: the story
   * is about this destination from here on.
   */
  void destinationNamed(ConnectionRequest request, String rule, String action);

  /** An SSH server carries the connection. */
  void tunnelled(SshCarrier carrier);

  /** An attempt to make a tunnel failed; told before {@link #inPlaintext} or {@link #ended}. */
  void tunnelFailed(SshException cause);

  /**
   * The destination was reached in plaintext.
   *
   * @param inPlaceOf why there is no tunnel; empty: none was wanted
   */
  void inPlaintext(InetAddress reached, Optional<FallbackReason> inPlaceOf);

  /**
   * FTP is spoken on it: it carries commands and replies, and the data have connections of their
   * own.
   */
  void ftpBegins();

  /** The client has named its user to the FTP server. */
  void ftpUser(String user);

  /** The FTP server has let that user in. */
  void ftpLoggedIn(String user);

  /** From here on nobody can read the commands and replies: TLS. */
  void ftpUnreadable();

  /** The FTP server was asked to move data. */
  void transferAsked(FtpTransfer transfer);

  /**
   * It has answered that.
   *
   * @param code of its final reply; 0: it has left the reply out
   */
  void transferAnswered(int number, int code);

  /** It goes {@link #inPlaintext} since no tunnel could be made: told behind that. */
  void fellBack(FallbackReason reason, String detail);

  /**
   * What the client asked for is refused: the connection, or a login that another one may follow.
   */
  void refused(RefusedWhy why, String detail);

  /** The rule would have allowed plaintext, but the destination is pinned. */
  void keptFromPlaintext();

  /** Bytes that the client sent and the upstream took. */
  void fromClient(long bytes);

  /** Bytes that the client was sent. */
  void toClient(long bytes);

  /**
   * The end. Later calls are ignored: the first reason stands. Of a client that was refused and has
   * got nothing since, {@link EndReason#COMPLETED} means that it has left, and so that it was
   * {@link EndReason#REFUSED}.
   */
  void ended(EndReason reason, String detail);
}
