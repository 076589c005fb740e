package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.SshFailure;

/**
 * The story of one client connection, from the front door to its end: behind it are the audit log
 * (one INFO line at the start and one at the end) and the metrics. Confined to the client channel's
 * event loop.
 */
public interface ConnectionRecorder {

  /** The connection's number, the {@code conn} of every log line. */
  long id();

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
  void redirected(ConnectionRequest request, String rule, String action);

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
