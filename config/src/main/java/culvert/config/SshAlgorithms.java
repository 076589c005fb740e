package culvert.config;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Algorithms by their names on the wire, or changes to Culvert's own lists as in ssh_config(5):
 * {@code +name}, {@code -name}, {@code ^name}, each with wildcards. An empty list is Culvert's own.
 */
public record SshAlgorithms(
    List<String> ciphers, List<String> macs, List<String> kex, List<String> hostKeys) {

  /** Culvert's own lists. */
  public static final SshAlgorithms STANDARD =
      new SshAlgorithms(List.of(), List.of(), List.of(), List.of());

  public SshAlgorithms {
    ciphers = List.copyOf(ciphers);
    macs = List.copyOf(macs);
    kex = List.copyOf(kex);
    hostKeys = List.copyOf(hostKeys);
  }

  /** As written. */
  public List<String> written(AlgorithmKind kind) {
    return switch (kind) {
      case CIPHERS -> ciphers;
      case MACS -> macs;
      case KEX -> kex;
      case HOST_KEYS -> hostKeys;
    };
  }

  /** The names to offer, best first; those that Culvert does not know are left out. */
  public List<String> offered(AlgorithmKind kind) {
    return offered(kind, written(kind));
  }

  /** Whether the configuration itself names it, and not to take it out. */
  public boolean asksFor(AlgorithmKind kind, String algorithm) {
    return written(kind).stream()
        .anyMatch(item -> item.charAt(0) != '-' && named(kind, item).contains(algorithm));
  }

  public static List<String> offered(AlgorithmKind kind, List<String> written) {
    boolean changes = written.isEmpty() || written.stream().anyMatch(SshAlgorithms::isChange);
    Set<String> offered = new LinkedHashSet<>(changes ? kind.standard() : List.of());
    List<String> first = new ArrayList<>();
    for (String item : written) {
      List<String> named = named(kind, item);
      switch (item.charAt(0)) {
        case '-' -> {
          offered.removeAll(named);
          first.removeAll(named);
        }
        case '^' -> first.addAll(named);
        default -> offered.addAll(named);
      }
    }
    Set<String> result = new LinkedHashSet<>(first);
    result.addAll(offered);
    return List.copyOf(result);
  }

  /** Whether the item changes Culvert's own list, rather than being one of another list. */
  public static boolean isChange(String item) {
    return !item.isEmpty() && "+-^".indexOf(item.charAt(0)) >= 0;
  }

  /** What the item stands for without its sign: a name, or a pattern. */
  public static String pattern(String item) {
    return isChange(item) ? item.substring(1) : item;
  }

  /** The known algorithms that the item names; none if it is unknown. */
  public static List<String> named(AlgorithmKind kind, String item) {
    Pattern pattern = Pattern.compile(regex(pattern(item)));
    return kind.supported().stream().filter(name -> pattern.matcher(name).matches()).toList();
  }

  private static String regex(String glob) {
    return glob.chars()
        .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
        .collect(Collectors.joining());
  }
}
