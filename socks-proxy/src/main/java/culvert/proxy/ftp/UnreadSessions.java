package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.ftp.DataConnections.Claim;
import culvert.proxy.owner.SocketOwner;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The sessions whose servers cannot be understood, and whose clients may come at any port. Which of
 * several sessions a client means is never guessed where it matters: what was meant for a tunnel
 * must not leave it, nor end at another server. Guarded by the table's lock.
 */
final class UnreadSessions {
  private static final int LOWEST_PORT = 1024;

  private final IntPredicate controlPorts;
  private final List<Announcements> sessions = new ArrayList<>(); // oldest first

  /**
   * @param controlPorts where the configuration expects control connections
   */
  UnreadSessions(IntPredicate controlPorts) {
    this.controlPorts = controlPorts;
  }

  void add(Announcements session) {
    sessions.add(session);
  }

  void remove(Announcements session) {
    sessions.remove(session);
  }

  /**
   * Whose data connection a client comes for.
   *
   * @param address that it asks for; null: not known
   * @param holders the sessions to which that port belongs: another client's is not taken from it
   * @return empty: none of these sessions has to do with it
   */
  Optional<Verdict> claim(
      Client client,
      @Nullable InetAddress address,
      SocketOwner owner,
      List<Announcements> holders) {
    List<Announcements> ofClient =
        sessions.stream().filter(session -> session.expectsAny(client, address)).toList();
    int port = client.request().port();
    if (isControl(ofClient, port) || !holders.stream().allMatch(holder -> holder.isOf(client))) {
      return Optional.empty();
    }
    if (ofClient.stream().anyMatch(session -> session.needs(owner))) {
      return Optional.of(Verdict.of(Claim.NEEDS_OWNER));
    }
    List<Announcements> tunnelled =
        ofClient.stream().filter(s -> s.tunnelled() && s.mayBeOwnedBy(owner)).toList();
    if (!tunnelled.isEmpty()) {
      return Optional.of(choose(tunnelled, owner, port));
    }
    List<Announcements> plain =
        ofClient.stream().filter(s -> !s.tunnelled() && s.isOwnedBy(owner)).toList();
    return plain.isEmpty() || !holders.isEmpty()
        ? Optional.empty()
        : Optional.of(choose(plain, owner, port));
  }

  private boolean isControl(List<Announcements> ofClient, int port) {
    return port < LOWEST_PORT
        || controlPorts.test(port)
        || ofClient.stream().anyMatch(session -> session.isControl(port));
  }

  private static Verdict choose(List<Announcements> meant, SocketOwner owner, int port) {
    List<Announcements> live =
        meant.stream().filter(session -> session.serves() && session.isOwnedBy(owner)).toList();
    if (live.isEmpty()) {
      return Verdict.of(Claim.HELD); // never for the rules
    }
    Announcements newest = live.get(live.size() - 1);
    return live.stream().allMatch(newest::goesTheWayOf)
        ? Verdict.taken(newest.takeAny(port))
        : Verdict.of(Claim.HELD);
  }
}
