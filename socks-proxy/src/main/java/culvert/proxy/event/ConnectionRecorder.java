package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.SshFailure;
import java.util.UUID;

/**
 * Where the {@link Story} of one client connection is told, from the front door to its end.
 * Confined to the client channel's event loop.
 */
public interface ConnectionRecorder {

  /** The connection's number in this process, the {@code conn} of every log line. */
  long number();

  /**
   * The id of the story by which the job began that this connection is a part of: an FTP session's
   * control connection. It is this story's own, unless it {@link #belongsTo} another. Any thread
   * may ask before that is told.
   */
  UUID job();

  /** It is a data connection of that job's. */
  void belongsTo(UUID job);

  /**
   * The rules have decided, or the connection belongs to an FTP session.
   *
   * @param rule a rule's name, {@code default-action}, {@code ftp-data}, or {@code fixed-tunnel}
   * @param action the action's word
   */
  void routed(String rule, String action);

  /**
   * The client has named its destination only now, and the rules have decided about that: the story
   * is about this destination from here on.
   */
  void destinationNamed(ConnectionRequest request, String rule, String action);

  /** An SSH server carries the connection. */
  void tunnelled(String sshServer, String sshUser);

  /** An attempt to make a tunnel failed; told before {@link #fellBack} or {@link #ended}. */
  void tunnelFailed(SshFailure failure);

  /** No tunnel could be made and the rule allows plaintext. */
  void fellBack(FallbackReason reason, String detail);

  /** The rule would have allowed plaintext, but the destination is pinned. */
  void keptFromPlaintext();

  /** Bytes that the client sent and the upstream took. */
  void fromClient(long bytes);

  /** Bytes that the client was sent. */
  void toClient(long bytes);

  /** The end. Later calls are ignored: the first reason stands. */
  void ended(EndReason reason, String detail);
}
