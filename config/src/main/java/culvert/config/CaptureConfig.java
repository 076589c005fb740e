package culvert.config;

import java.util.List;

/**
 * Whose connections netfilter brings to the {@code redirect} listeners.
 *
 * @param users names or numbers
 * @param groups names or numbers; of a user, its primary group counts
 * @param cgroups below the root of cgroup v2; those in them are captured, too
 * @param everybody whether all users are, but for the one that Culvert runs as
 * @param forwarded networks of other hosts; what they have this host forward is captured
 * @param networks destinations to which that is confined, with {@code names}; both empty: to none
 * @param names the same, by name
 * @param local whether destinations on this host are captured, too
 */
public record CaptureConfig(
    List<String> users,
    List<String> groups,
    List<String> cgroups,
    boolean everybody,
    List<Cidr> forwarded,
    List<Cidr> networks,
    List<String> names,
    boolean local,
    OnCrash onCrash) {

  /** What becomes of captured connections while Culvert does not run. */
  public enum OnCrash {
    /** They are refused. */
    CLOSED("closed"),
    /** They go where they would without Culvert. */
    OPEN("open");

    private final String word;

    OnCrash(String word) {
      this.word = word;
    }

    /** As in the configuration. */
    @Override
    public String toString() {
      return word;
    }
  }

  public CaptureConfig {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    cgroups = List.copyOf(cgroups);
    forwarded = List.copyOf(forwarded);
    networks = List.copyOf(networks);
    names = List.copyOf(names);
  }

  /** Whether somebody is captured who is on this host. */
  public boolean isOfThisHost() {
    return everybody || !users.isEmpty() || !groups.isEmpty() || !cgroups.isEmpty();
  }

  /** Whether only some destinations are captured. */
  public boolean isConfined() {
    return !networks.isEmpty() || !names.isEmpty();
  }
}
