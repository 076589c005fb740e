package culvert.config.read;

import culvert.config.AlgorithmKind;
import culvert.config.Location;
import culvert.config.SshAlgorithms;
import culvert.config.yaml.Problems;
import culvert.config.yaml.Suggestions;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Sequence;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code ciphers} and its like: names, or changes to Culvert's own list as in ssh_config(5). */
final class AlgorithmLists {
  private static final Pattern ITEM = Pattern.compile("[+^-]?(?=.*[A-Za-z*?])[A-Za-z0-9@.*?_-]+");
  private static final String AN_ALGORITHM = "an SSH algorithm's name, or +name, -name, ^name";

  private AlgorithmLists() {}

  static ValueType<List<String>> of(AlgorithmKind kind) {
    ValueType<String> item = ValueTypes.scalar(AN_ALGORITHM, text -> known(kind, text));
    ValueType<List<String>> list = ValueTypes.listOf(item);
    return (value, key, reading) -> {
      Optional<List<String>> read = list.read(value, key, reading);
      if (read.isPresent() && isWhole(kind, read.get(), value, key, reading)) {
        warnOfWeak(kind, read.get(), value, key, reading);
        return read;
      }
      return Optional.empty();
    };
  }

  private static String known(AlgorithmKind kind, String item) {
    if (!ITEM.matcher(item).matches()) {
      throw ValueTypes.expected(item, AN_ALGORITHM);
    }
    if (SshAlgorithms.named(kind, item).isEmpty()) {
      throw ValueTypes.expected(
          item,
          "of "
              + String.join(", ", kind.supported())
              + Suggestions.didYouMean(SshAlgorithms.pattern(item), kind.supported()));
    }
    return item;
  }

  private static boolean isWhole(
      AlgorithmKind kind, List<String> items, YamlValue value, String key, Reading reading) {
    long changes = items.stream().filter(SshAlgorithms::isChange).count();
    if (changes > 0 && changes < items.size()) {
      reading.error(
          value.location(),
          key
              + ": names with +, - or ^ beside names without (expected: either changes to"
              + " Culvert's own list, or another list)");
      return false;
    }
    if (SshAlgorithms.offered(kind, items).isEmpty()) {
      reading.error(value.location(), key + ": nothing is left (expected: at least one algorithm)");
      return false;
    }
    return true;
  }

  private static void warnOfWeak(
      AlgorithmKind kind, List<String> items, YamlValue value, String key, Reading reading) {
    List<String> offered = SshAlgorithms.offered(kind, items);
    for (int i = 0; i < items.size(); i++) {
      Location location =
          value instanceof Sequence list ? list.items().get(i).location() : value.location();
      warnOfWeak(kind, items.get(i), offered, location, key, reading.problems());
    }
  }

  private static void warnOfWeak(
      AlgorithmKind kind,
      String item,
      List<String> offered,
      Location location,
      String key,
      Problems problems) {
    String weak =
        SshAlgorithms.named(kind, item).stream()
            .filter(name -> kind.isWeak(name) && offered.contains(name))
            .collect(Collectors.joining(", "));
    if (!weak.isEmpty() && item.charAt(0) != '-') {
      problems.warning(location, key + ": weak, and offered only because it stands here: " + weak);
    }
  }

  /** Tells of a list in ssh_config, which may well name algorithms that only OpenSSH knows. */
  static void warn(
      AlgorithmKind kind,
      List<String> items,
      Location location,
      String keyword,
      Problems problems) {
    List<String> offered = SshAlgorithms.offered(kind, items);
    if (offered.isEmpty()) {
      problems.warning(
          location,
          keyword
              + ": nothing is left that Culvert knows; left out, and Culvert's own are offered");
    }
    for (String item : items) {
      warnOfWeak(kind, item, offered, location, keyword, problems);
    }
  }
}
