package culvert.proxy.event;

import culvert.filter.ConnectionRequest;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a client goes, and by whose word: an FTP client may log in to one server after the other.
 *
 * @param rule that decided about it
 * @param action what that rule wants
 * @param request what the client asks for
 * @param reached the destination's address, where it was reached from here
 * @param ftpUser see {@link Story#ftpUser}
 */
public record Way(
    String rule,
    String action,
    ConnectionRequest request,
    Optional<InetAddress> reached,
    Optional<String> ftpUser) {

  /** As it is by now. */
  public static Way of(Story story) {
    return new Way(story.rule(), story.action(), story.request(), story.reached(), story.ftpUser());
  }
}
