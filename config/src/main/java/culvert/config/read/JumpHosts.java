package culvert.config.read;

import culvert.config.Found;
import culvert.config.Location;
import culvert.config.SshProfile;
import culvert.config.SshWay;
import culvert.config.read.ProfileReader.Profile;
import culvert.config.yaml.Problems;
import culvert.config.yaml.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Puts the profiles that {@code proxy-jump} names in the place of their names. As with {@code ssh
 * -J}, the outermost hop is reached by its own configuration, and each further one from the hop
 * before it, whatever its own says.
 */
final class JumpHosts {
  private final Map<String, Profile> profiles;
  private final Problems problems;

  /**
   * One item of a profile's list.
   *
   * @param owner the profile with the list
   */
  private record Item(Profile owner, int index, String name) {
    Location location() {
      return owner.section().location(ProfileReader.PROXY_JUMP, index);
    }
  }

  private JumpHosts(Map<String, Profile> profiles, Problems problems) {
    this.profiles = profiles;
    this.problems = problems;
  }

  /** The same profiles with their ways. One whose way is wrong comes back as broken. */
  static Map<String, Profile> resolve(Map<String, Profile> profiles, Problems problems) {
    JumpHosts jumps = new JumpHosts(profiles, problems);
    Map<String, Profile> resolved = new LinkedHashMap<>();
    profiles.forEach((name, profile) -> resolved.put(name, jumps.resolved(profile)));
    return resolved;
  }

  private Profile resolved(Profile profile) {
    List<Item> own = items(profile);
    if (own.isEmpty()) {
      return profile;
    }
    long wrong = own.stream().filter(item -> !isHop(item, profile)).count();
    Optional<List<Item>> all = wrong > 0 ? Optional.empty() : wholeWay(profile);
    if (all.isEmpty()) {
      return new Profile(profile.ssh(), profile.section(), profile.inherited(), true);
    }
    warn(profile, all.get());
    SshWay way = effective(all.get().get(0)).way();
    boolean broken = profile.broken();
    for (Item item : all.get()) {
      way = new SshWay.Jump(effective(item).by(way));
      broken |= hop(item).broken();
    }
    return new Profile(profile.ssh().by(way), profile.section(), profile.inherited(), broken);
  }

  private static List<Item> items(Profile profile) {
    List<String> names = profile.section().get(ProfileReader.PROXY_JUMP);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      items.add(new Item(profile, i, names.get(i)));
    }
    return items;
  }

  private Profile hop(Item item) {
    return Objects.requireNonNull(profiles.get(item.name()), item.name());
  }

  /** With what ssh_config says of it: its host is known. */
  private SshProfile effective(Item item) {
    return hop(item).ssh().forHost("");
  }

  private boolean isHop(Item item, Profile profile) {
    if (!profiles.containsKey(item.name())) {
      problems.error(
          item.location(),
          "proxy-jump: " + Suggestions.unknown(item.name(), profiles.keySet(), "a profile's name"));
      return false;
    }
    String name = Found.quoted(item.name());
    if (item.name().equals(profile.ssh().name())) {
      problems.error(
          item.location(),
          "proxy-jump: profile "
              + name
              + " itself"
              + (profile.owns(ProfileReader.PROXY_JUMP)
                  ? ""
                  : ", which inherits this (expected: proxy-jump: [] in " + name + ")"));
      return false;
    }
    if (hop(item).ssh().host().isEmpty()) {
      problems.error(
          item.location(),
          "proxy-jump: profile " + name + " has no host (expected: a profile with a host)");
      return false;
    }
    return true;
  }

  /**
   * The profile's hops, and before them those by which the outermost one is reached; empty: it
   * would never begin, or something on it is wrong, which is told of where it stands.
   */
  private Optional<List<Item>> wholeWay(Profile profile) {
    List<Item> way = new ArrayList<>();
    List<String> reached = new ArrayList<>(List.of(profile.ssh().name()));
    for (List<Item> more = items(profile); !more.isEmpty(); more = items(hop(way.get(0)))) {
      way.addAll(0, more);
      String outermost = more.get(0).name();
      if (!more.stream().allMatch(item -> profiles.containsKey(item.name()))) {
        return Optional.empty();
      }
      if (reached.contains(outermost)) {
        reached.add(outermost);
        if (outermost.equals(profile.ssh().name())) {
          problems.error(
              items(profile).get(0).location(),
              "proxy-jump: a circle: " + String.join(" through ", reached));
        }
        return Optional.empty();
      }
      reached.add(outermost);
    }
    return Optional.of(way);
  }

  private void warn(Profile profile, List<Item> way) {
    if (profile.owns(ProfileReader.PROXY) && !(profile.ssh().way() instanceof SshWay.Direct)) {
      problems.warning(
          profile.section().location(ProfileReader.PROXY),
          "proxy: without effect beside proxy-jump (expected: in profile "
              + Found.quoted(way.get(0).name())
              + ", the outermost hop)");
    }
    List<String> before = new ArrayList<>();
    for (Item item : way) {
      Profile hop = hop(item);
      List<String> ownJumps = items(hop).stream().map(Item::name).toList();
      boolean ignored =
          (hop.owns(ProfileReader.PROXY_JUMP) && !endsWith(before, ownJumps))
              || (hop.owns(ProfileReader.PROXY) && !(hop.ssh().way() instanceof SshWay.Direct));
      if (!before.isEmpty() && ignored && item.owner().equals(profile)) {
        problems.warning(
            item.location(),
            "proxy-jump: profile "
                + Found.quoted(item.name())
                + " is reached through "
                + Found.quoted(before.get(before.size() - 1))
                + " here; its own proxy-jump and proxy are without effect, as with ssh -J");
      }
      before.add(item.name());
    }
  }

  private static boolean endsWith(List<String> all, List<String> end) {
    return all.size() >= end.size() && all.subList(all.size() - end.size(), all.size()).equals(end);
  }
}
