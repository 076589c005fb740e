package culvert.proxy.event;

import java.util.Optional;

/**
 * A job that has ended.
 *
 * @param way for which its route stands
 * @param files that were moved whole; empty: it has moved none by FTP
 * @param end with the bytes of all its data
 */
public record EndedJob(Way way, Optional<Files> files, Ended end) {

  /**
   * How many.
   *
   * @param up from the client to the server
   * @param down from the server to the client
   */
  public record Files(int up, int down) {}
}
