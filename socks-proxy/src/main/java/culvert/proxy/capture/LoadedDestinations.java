package culvert.proxy.capture;

import culvert.config.Cidr;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The destinations that a loaded table has, by its listing: addresses, networks, and what nft has
 * merged of these.
 */
final class LoadedDestinations {
  private static final Pattern SET = Pattern.compile("(?s)\\tset destinations[46] \\{.*?\\n\\t\\}");
  private static final Pattern ELEMENTS = Pattern.compile("(?s)elements = \\{(.*?)\\}");

  private final List<Range> ranges = new ArrayList<>();

  /** Of one family, which the number of bytes tells. */
  private record Range(int bytes, BigInteger first, BigInteger last) {
    static Range of(Cidr network) {
      BigInteger first = new BigInteger(1, network.address());
      int bits = network.address().length * 8 - network.prefixLength();
      return new Range(
          network.address().length,
          first,
          first.or(BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE)));
    }

    static Range of(String element) {
      String[] ends = element.split("-", 2);
      Range first = of(Cidr.parse(ends[0]));
      return ends.length == 1
          ? first
          : new Range(first.bytes, first.first, of(Cidr.parse(ends[1])).last);
    }

    boolean contains(Range other) {
      return bytes == other.bytes
          && first.compareTo(other.first) <= 0
          && last.compareTo(other.last) >= 0;
    }
  }

  private LoadedDestinations() {}

  static LoadedDestinations of(String listing) {
    LoadedDestinations loaded = new LoadedDestinations();
    Matcher set = SET.matcher(listing);
    while (set.find()) {
      Matcher elements = ELEMENTS.matcher(set.group());
      if (elements.find()) {
        for (String element : elements.group(1).split(",", -1)) {
          loaded.ranges.add(Range.of(element.strip()));
        }
      }
    }
    return loaded;
  }

  boolean containAll(List<Cidr> destinations) {
    return destinations.stream()
        .map(Range::of)
        .allMatch(wanted -> ranges.stream().anyMatch(range -> range.contains(wanted)));
  }
}
