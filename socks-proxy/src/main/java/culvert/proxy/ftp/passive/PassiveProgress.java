package culvert.proxy.ftp.passive;

/**
 * How far a session's passive commands have come, by their numbers. It waits for data from the last
 * one on until somebody has come for its announcement, or a transfer behind it has ended. Guarded
 * by the table's lock.
 */
final class PassiveProgress {
  private int newest;
  private int awaited;
  private int claimed;
  private int transferred;

  /** It is about to reach the server. */
  void await(int request) {
    awaited = Math.max(awaited, request);
    announced(request);
  }

  /** The server has answered it. */
  void announced(int request) {
    newest = Math.max(newest, request);
  }

  /** Somebody has come for its announcement. */
  void claim(int request) {
    claimed = Math.max(claimed, request);
  }

  /** The transfer behind it has had its final reply. */
  void settle(int request) {
    transferred = Math.max(transferred, request);
  }

  boolean waits() {
    return awaited > Math.max(claimed, transferred);
  }

  /** Whether it is the last one, and its transfer has not ended. */
  boolean isUnderWay(int request) {
    return request >= newest && request > transferred;
  }

  boolean hasClaimed(int request) {
    return claimed >= request;
  }

  /** Whether what it has announced is what is waited for. */
  boolean isAwaited(int request) {
    return request >= awaited;
  }
}
