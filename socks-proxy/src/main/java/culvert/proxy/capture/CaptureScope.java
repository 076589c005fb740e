package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * What the names in the section {@code capture} stand for on this host, at this moment.
 *
 * @param own the number of the user that Culvert runs as
 * @param users numbers
 * @param groups numbers
 * @param addresses what the names among the destinations resolve to
 * @param complete whether each of them does
 */
public record CaptureScope(
    long own,
    Set<Long> users,
    Set<Long> groups,
    List<Cgroup> cgroups,
    Set<InetAddress> addresses,
    boolean complete) {

  /**
   * A cgroup.
   *
   * @param path below /sys/fs/cgroup, as nft wants it
   * @param level how deep it is below the root of its hierarchy
   * @param inode by which the kernel knows it: one that is made anew under the same name is another
   */
  public record Cgroup(String path, int level, long inode) {}

  public CaptureScope {
    users = Set.copyOf(users);
    groups = Set.copyOf(groups);
    cgroups = List.copyOf(cgroups);
    addresses = Set.copyOf(addresses);
  }

  /** What of the section stands for nothing on this host is left out, and told. */
  public record Found(CaptureScope scope, List<Missing> missing) {
    public Found {
      missing = List.copyOf(missing);
    }
  }

  /**
   * A name that stands for nothing here.
   *
   * @param path of it below the section: its key, and which one of the key's list it is
   */
  public record Missing(List<String> path, String message) {
    public Missing {
      path = List.copyOf(path);
    }

    static Missing of(String key, int item, String message) {
      return new Missing(List.of(key, Integer.toString(item)), key + ": " + message);
    }
  }

  /** The same without destinations. */
  CaptureScope toAnywhere() {
    return new CaptureScope(own, users, groups, cgroups, Set.of(), true);
  }

  /** Whether it captures the user that Culvert runs as, by that user's name. */
  boolean includesOwn(CaptureConfig config) {
    return !config.everybody() && users.contains(own);
  }
}
