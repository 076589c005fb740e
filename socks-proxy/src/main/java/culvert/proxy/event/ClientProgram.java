package culvert.proxy.event;

import java.util.List;
import java.util.Set;

/**
 * Who runs a client.
 *
 * @param users the names of its user, the number as text among them; empty: unknown
 * @param programs the names under which its program goes; empty: unknown
 */
public record ClientProgram(Set<String> users, List<String> programs) {

  /** Of a client on another host, or whose owner cannot be seen. */
  public static final ClientProgram UNKNOWN = new ClientProgram(Set.of(), List.of());

  public ClientProgram {
    users = Set.copyOf(users);
    programs = List.copyOf(programs);
  }
}
