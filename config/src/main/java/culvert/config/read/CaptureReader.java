package culvert.config.read;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The section {@code capture}. */
final class CaptureReader {
  private static final String A_DESTINATION =
      "a network such as 10.0.0.0/8, or a host's name without * and ?";
  private static final String PSEUDO =
      "an IPv4 network from /8 to /24, of none of 0.0.0.0/8, 127.0.0.0/8, 192.0.0.8 and 224.0.0.0/3";

  /** The last but one is the address of a command in its network; the last are no hosts'. */
  private static final List<Cidr> OF_OTHERS =
      Stream.of("0.0.0.0/8", "127.0.0.0/8", "192.0.0.8", "224.0.0.0/3").map(Cidr::parse).toList();

  private static final int LARGEST = 8;
  private static final int SMALLEST = 24;

  private static final String A_CGROUP = "a path below /sys/fs/cgroup, such as jobs.slice";

  /** Systemd writes other characters of a name as \x2d. */
  private static final Pattern CGROUP =
      Pattern.compile("[A-Za-z0-9_.:@\\\\-]+(?:/[A-Za-z0-9_.:@\\\\-]+)*");

  /** useradd(8) takes fewer, directories take more. */
  private static final Pattern ACCOUNT = Pattern.compile("[^\\s:,/*?\"'-][^\\s:,/*?\"']*");

  private static final Pattern NUMERIC = Pattern.compile("[0-9./]+|.*[:/].*");

  private static final Key<List<String>> USERS = Key.of("users", accounts("a user"), "[]");
  private static final Key<List<String>> GROUPS = Key.of("groups", accounts("a group"), "[]");
  private static final Key<List<String>> CGROUPS =
      Key.of(
          "cgroups",
          ValueTypes.distinct(
              ValueTypes.listOf(ValueTypes.scalar(A_CGROUP, CaptureReader::cgroup))),
          "[]");
  private static final Key<Boolean> EVERYBODY = Key.of("everybody", ValueTypes.BOOLEAN, "false");
  static final Key<List<Cidr>> FORWARDED =
      Key.of(
          "forwarded",
          ValueTypes.distinct(
              ValueTypes.listOf(ValueTypes.scalar("an address or CIDR", Cidr::parse))),
          "[]");
  private static final Key<List<Destination>> DESTINATIONS =
      Key.of(
          "destinations",
          ValueTypes.listOf(ValueTypes.scalar(A_DESTINATION, Destination::parse)),
          "[]");
  private static final Key<Boolean> LOCAL = Key.of("local", ValueTypes.BOOLEAN, "false");
  static final Key<OnCrash> ON_CRASH =
      Key.of("on-crash", ValueTypes.word(OnCrash.values()), "closed");

  /** Of what is set aside for tests between networks (RFC 2544), so nobody's. */
  static final Cidr NOBODYS = Cidr.parse("198.19.0.0/16");

  private static final Key<Cidr> PSEUDO_ADDRESSES =
      Key.of(
          "pseudo-addresses",
          ValueTypes.scalar(PSEUDO, CaptureReader::pseudoAddresses),
          NOBODYS.toString());

  static final List<Key<?>> KEYS =
      List.of(
          USERS,
          GROUPS,
          CGROUPS,
          EVERYBODY,
          FORWARDED,
          DESTINATIONS,
          LOCAL,
          ON_CRASH,
          PSEUDO_ADDRESSES);

  /** A network, or a name. */
  private record Destination(Optional<Cidr> network, String name) {
    static Destination parse(String text) {
      return NUMERIC.matcher(text).matches()
          ? new Destination(Optional.of(Cidr.parse(text)), "")
          : new Destination(Optional.empty(), Endpoints.host(text, A_DESTINATION));
    }
  }

  /**
   * The section as read.
   *
   * @param config empty: nobody is captured, which is reported if it was not meant so
   * @param pseudoAddresses for names inside of {@code culvert exec}
   */
  record Capture(Optional<CaptureConfig> config, Cidr pseudoAddresses, Section section) {}

  private CaptureReader() {}

  /** Reads the section. Whether there are listeners for what it captures, nobody has asked yet. */
  static Capture read(YamlValue value, Reading reading) {
    Section section = Section.of("capture", value, KEYS, reading);
    boolean everybody = section.get(EVERYBODY);
    List<Key<List<String>>> whom = List.of(USERS, GROUPS, CGROUPS);
    for (Key<List<String>> key : whom) {
      if (everybody && !section.get(key).isEmpty()) {
        reading.error(
            section.location(key),
            key.name() + ": without effect beside everybody: true (expected: one of the two)");
      }
    }
    Cidr pseudo = section.get(PSEUDO_ADDRESSES);
    if (!(value instanceof Mapping)) {
      return new Capture(Optional.empty(), pseudo, section);
    }
    boolean nobody =
        !everybody
            && isEmpty(section, FORWARDED)
            && whom.stream().allMatch(key -> isEmpty(section, key));
    if (nobody && !isForCommandsAlone(section)) {
      reading.error(
          section.location(),
          "capture: nobody is captured (expected: users, groups or cgroups, or everybody: true, or"
              + " forwarded)");
    }
    return new Capture(
        nobody ? Optional.empty() : Optional.of(config(section, everybody)), pseudo, section);
  }

  private static boolean isForCommandsAlone(Section section) {
    return section.has(PSEUDO_ADDRESSES)
        && section.get(DESTINATIONS).isEmpty()
        && !section.get(LOCAL)
        && section.get(ON_CRASH) == OnCrash.CLOSED;
  }

  private static Cidr pseudoAddresses(String text) {
    Cidr network = Cidr.parse(text);
    if (network.address().length != 4
        || network.prefixLength() < LARGEST
        || network.prefixLength() > SMALLEST
        || OF_OTHERS.stream().anyMatch(o -> o.contains(network) || network.contains(o))) {
      throw ValueTypes.expected(text, PSEUDO);
    }
    return network;
  }

  /** What is wrong was meant to name somebody. */
  private static boolean isEmpty(Section section, Key<? extends List<?>> key) {
    return !section.has(key) || section.optional(key).filter(List::isEmpty).isPresent();
  }

  private static CaptureConfig config(Section section, boolean everybody) {
    List<Cidr> networks = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Destination destination : section.get(DESTINATIONS)) {
      destination.network().ifPresentOrElse(networks::add, () -> names.add(destination.name()));
    }
    return new CaptureConfig(
        section.get(USERS),
        section.get(GROUPS),
        section.get(CGROUPS),
        everybody,
        section.get(FORWARDED),
        networks,
        names,
        section.get(LOCAL),
        section.get(ON_CRASH));
  }

  private static ValueType<List<String>> accounts(String what) {
    String expected = what + "'s name or number";
    return ValueTypes.distinct(
        ValueTypes.listOf(ValueTypes.scalar(expected, text -> account(text, expected))));
  }

  private static String account(String text, String expected) {
    if (!ACCOUNT.matcher(text).matches() || ValueTypes.hasControl(text)) {
      throw ValueTypes.expected(text, expected);
    }
    return text;
  }

  private static String cgroup(String text) {
    if (!CGROUP.matcher(text).matches() || ("/" + text + "/").matches(".*/\\.\\.?/.*")) {
      throw ValueTypes.expected(text, A_CGROUP);
    }
    return text;
  }
}
