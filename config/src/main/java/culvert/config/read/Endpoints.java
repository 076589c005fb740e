package culvert.config.read;

import culvert.config.Cidr;
import culvert.config.Endpoint;
import culvert.config.Found;
import culvert.config.PortRange;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Hosts, ports, and pairs of both. */
final class Endpoints {
  private static final String A_LISTEN_ADDRESS =
      "address:port such as 127.0.0.1:1080, [::1]:1080, or a port alone for 127.0.0.1";
  private static final String A_TARGET = "host:port such as localhost:21, [2001:db8::1]:21";
  private static final String A_HOST = "a host name or an address";
  private static final String A_PORT_RANGE = "a port 1..65535 or a range such as 8021-8030";

  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([^\\[\\]]+)\\]|([^:\\[\\]]+)):([0-9]{1,5})");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final Pattern PORT_RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
  private static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\\.)*[A-Za-z0-9_][A-Za-z0-9_-]{0,62}");
  private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX].*)");
  private static final int MAX_NAME = 253;

  /** Where one listens: port 0 takes a free one, a port alone is on 127.0.0.1, as with ssh -D. */
  static final ValueType<Endpoint> LISTEN =
      ValueTypes.scalar(A_LISTEN_ADDRESS, text -> listen(text, A_LISTEN_ADDRESS));

  /** The same; empty text for nowhere. */
  static final ValueType<Optional<Endpoint>> LISTEN_OR_NOT =
      ValueTypes.scalar(
          A_LISTEN_ADDRESS,
          text -> text.isEmpty() ? Optional.empty() : Optional.of(listen(text, A_LISTEN_ADDRESS)));

  /** Where one connects to. */
  static final ValueType<Endpoint> TARGET = ValueTypes.scalar(A_TARGET, Endpoints::target);

  static final ValueType<Integer> PORT_NUMBER = ValueTypes.integer(1, 65535);

  static final ValueType<PortRange> PORTS = ValueTypes.scalar(A_PORT_RANGE, Endpoints::portRange);

  /** A host; empty text for none. */
  static final ValueType<Optional<String>> HOST =
      ValueTypes.scalar(
          A_HOST, text -> text.isEmpty() ? Optional.empty() : Optional.of(hostAlone(text)));

  private Endpoints() {}

  private static Endpoint listen(String text, String expected) {
    if (text.startsWith("*:")) {
      String port = text.substring(1);
      throw ValueTypes.expected(
          text,
          "address:port; all addresses are 0.0.0.0" + port + ", or [::]" + port + " with IPv6");
    }
    return endpoint(PORT.matcher(text).matches() ? "127.0.0.1:" + text : text, text, expected);
  }

  static Endpoint target(String text) {
    Endpoint endpoint = endpoint(text, text, A_TARGET);
    if (endpoint.port() == 0) {
      throw ValueTypes.expected(text, A_TARGET);
    }
    return endpoint;
  }

  private static Endpoint endpoint(String text, String written, String expected) {
    Matcher matcher = HOST_PORT.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65535) {
      throw ValueTypes.expected(written, expected);
    }
    @Nullable String v6 = matcher.group(1);
    if (v6 != null && !isV6(v6)) {
      throw ValueTypes.expected(written, expected);
    }
    String host = v6 != null ? v6 : host(matcher.group(2), written, expected);
    return new Endpoint(host, Integer.parseInt(matcher.group(3)));
  }

  private static String host(String host, String written, String expected) {
    try {
      return host(host, expected);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(Found.message(written, expected), e);
    }
  }

  private static String hostAlone(String text) {
    try {
      return host(text, A_HOST);
    } catch (IllegalArgumentException e) {
      throw HostRemedies.of(text)
          .map(
              expected ->
                  new IllegalArgumentException(
                      HostRemedies.found(text) + " (expected: " + expected + ")", e))
          .orElse(e);
    }
  }

  /** A name or an address, IPv6 with or without brackets, as it was written but for those. */
  static String host(String text, String expected) {
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (isV6(bare) || isV4(text)) {
      return bare;
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (!NAME.matcher(name).matches()
        || name.length() > MAX_NAME
        || NUMERIC_END.matcher(name).matches()) {
      throw ValueTypes.expected(text, expected);
    }
    return text;
  }

  private static PortRange portRange(String text) {
    Matcher matcher = PORT_RANGE.matcher(text);
    if (matcher.matches()) {
      int first = Integer.parseInt(matcher.group(1));
      @Nullable String end = matcher.group(2);
      int last = end == null ? first : Integer.parseInt(end);
      if (1 <= first && first <= last && last <= 65535) {
        return new PortRange(first, last);
      }
    }
    throw ValueTypes.expected(text, A_PORT_RANGE);
  }

  /** Whether only this machine can reach what listens there; decided without DNS. */
  static boolean isLoopback(Endpoint endpoint) {
    @Nullable IPAddress address = new IPAddressString(endpoint.host()).getAddress();
    return address == null ? endpoint.host().equalsIgnoreCase("localhost") : address.isLoopback();
  }

  /** One spelling for each address; a name in lower case. */
  static String canonical(String host) {
    @Nullable IPAddress address = new IPAddressString(host).getAddress();
    return address == null ? host.toLowerCase(Locale.ROOT) : address.toCanonicalString();
  }

  /** Whether it listens on every address of the machine. */
  static boolean isWildcard(Endpoint endpoint) {
    @Nullable IPAddress address = new IPAddressString(endpoint.host()).getAddress();
    return address != null && address.isZero();
  }

  private static boolean isV4(String text) {
    return text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") && isAddress(text);
  }

  private static boolean isV6(String text) {
    return text.indexOf(':') >= 0 && text.matches("[0-9A-Fa-f:.]+") && isAddress(text);
  }

  private static boolean isAddress(String text) {
    try {
      return !Cidr.parse(text).toString().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
