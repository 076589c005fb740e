package culvert.filter;

import culvert.config.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Says for a person why a rule does not match. */
final class Reasons {
  private static final int ITEMS_SHOWN = 4;

  private Reasons() {}

  /** All conditions hold, but the host's by a name alone, which is not to bring plaintext about. */
  static List<String> passedOver(CompiledRule rule, Subject subject) {
    return List.of("it allows plaintext, and " + byNameAlone(rule, subject));
  }

  static String withoutFallback(CompiledRule rule, Subject subject) {
    return "rule "
        + rule.rule().name()
        + " counts without its fallback: it "
        + byNameAlone(rule, subject);
  }

  private static String byNameAlone(CompiledRule rule, Subject subject) {
    Set<String> names =
        subject.names() instanceof DestinationNames.Known known ? known.names() : Set.of();
    return "matches "
        + subject.host()
        + " by its name "
        + items(names.stream().filter(rule.names()::contains).sorted().toList())
        + " alone, without which less is allowed";
  }

  /** Every condition that does not hold; a condition on an unknown address is not judged. */
  static List<String> whyNot(CompiledRule rule, Subject subject) {
    Match match = rule.rule().match();
    List<String> reasons = new ArrayList<>();
    if (!rule.hosts().matches(subject.host()) && !rule.matchesByNameAlone(subject)) {
      reasons.add(
          "host "
              + subject.host()
              + " is not "
              + items(match.hosts().stream().map(pattern -> pattern.text()).toList()));
    }
    if (rule.testAddress(subject) == CompiledRule.Verdict.NO) {
      reasons.add(
          subject.address() == null
              ? "host " + subject.host() + " does not resolve here, so it is in no network"
              : "address " + subject.address() + " is not in " + items(match.networks()));
    }
    if (!rule.ports().contains(subject.port())) {
      reasons.add("port " + subject.port() + " is not " + items(match.ports()));
    }
    if (!rule.clients().contains(subject.client())) {
      reasons.add("client " + subject.client() + " is not in " + items(match.clients()));
    }
    if (!rule.listensAt(subject.listener())) {
      reasons.add("listener " + subject.listener() + " is not " + items(match.listeners()));
    }
    ownerReason("os-user", subject.owner().users(), rule.osUsers(), match.osUsers())
        .ifPresent(reasons::add);
    ownerReason(
            "application",
            subject.owner().applications(),
            rule.applications(),
            match.applications())
        .ifPresent(reasons::add);
    return reasons;
  }

  private static Optional<String> ownerReason(
      String key, ClientOwner.Names names, NameSet set, List<String> globs) {
    if (set.admits(names) || !(names instanceof ClientOwner.Names.Known known)) {
      return Optional.empty();
    }
    String found = known.names().stream().sorted().collect(Collectors.joining("/"));
    return Optional.of(
        found.isEmpty()
            ? key + " is unknown, so it is not " + items(globs)
            : key + " " + found + " is not " + items(globs));
  }

  private static String items(List<?> items) {
    String shown =
        items.stream().limit(ITEMS_SHOWN).map(Object::toString).collect(Collectors.joining(", "));
    int more = items.size() - ITEMS_SHOWN;
    return more > 0 ? shown + " or " + more + " more" : shown;
  }
}
