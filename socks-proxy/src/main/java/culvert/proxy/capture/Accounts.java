package culvert.proxy.capture;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The numbers of this host's users, or of its groups. One that was known keeps its number, although
 * nobody knows it any more: a directory that does not answer must not end anybody's capture.
 * Blocks; thread-safe.
 */
final class Accounts {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  private final Function<String, Set<String>> names;
  private final Map<String, Long> known = new ConcurrentHashMap<>();

  /**
   * @param names all names of one, its number among them; the one asked for alone: nobody knows it
   */
  Accounts(Function<String, Set<String>> names) {
    this.names = names;
  }

  /** The number of the one that goes by that; empty: nobody ever did. */
  OptionalLong number(String nameOrNumber) {
    if (NUMBER.matcher(nameOrNumber).matches()) {
      return OptionalLong.of(Long.parseLong(nameOrNumber));
    }
    names.apply(nameOrNumber).stream()
        .filter(name -> NUMBER.matcher(name).matches())
        .findFirst()
        .ifPresent(number -> known.put(nameOrNumber, Long.parseLong(number)));
    Long number = known.get(nameOrNumber);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }
}
