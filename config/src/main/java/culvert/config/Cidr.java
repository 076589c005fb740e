package culvert.config;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork.IPAddressGenerator;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 network in CIDR notation; an address without a prefix length is a network of one.
 */
public final class Cidr {
  private static final IPAddressStringParameters STRICT =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowSingleSegment(false)
          .allowWildcardedSeparator(false)
          .allowMask(false)
          .getIPv4AddressParametersBuilder()
          .allow_inet_aton(false)
          .getParentBuilder()
          .toParams();

  /** The library takes more than anybody means: ranges, wildcards, zones, leading zeros. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}(?:/(?:0|[1-9][0-9]?))?)"
              + "|(?:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/(?:0|[1-9][0-9]{0,2}))?)");

  /** {@code 10.1.*}, as many write it. */
  private static final Pattern WILDCARD =
      Pattern.compile("((?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){0,2})(?:\\.\\*)+");

  private final String text;
  private final IPAddress block;

  private Cidr(String text, IPAddress block) {
    this.text = text;
    this.block = block;
  }

  /**
   * Parses {@code 10.0.0.0/8}, {@code 2001:db8::/32}, {@code 192.0.2.1}.
   *
   * @throws IllegalArgumentException with what was found and what was expected
   */
  public static Cidr parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(expected(text));
    }
    try {
      IPAddress address = new IPAddressString(text, STRICT).toAddress();
      IPAddress block = address.isPrefixed() ? address.toPrefixBlock() : address;
      if (address.isPrefixed() && !block.getLower().equals(address.getLower())) {
        throw new IllegalArgumentException(
            text + " has bits set behind the prefix (expected: " + block + ")");
      }
      return new Cidr(text, block);
    } catch (AddressStringException | IncompatibleAddressException e) {
      throw new IllegalArgumentException(expected(text), e);
    }
  }

  /** Whether the address lies in this network; an IPv4 address never lies in an IPv6 network. */
  public boolean contains(InetAddress address) {
    return block.contains(new IPAddressGenerator().from(address));
  }

  /** Whether every address of {@code other} lies in this network. */
  public boolean contains(Cidr other) {
    return block.contains(other.block);
  }

  /** The network's first address. */
  public byte[] address() {
    return block.getLower().getBytes();
  }

  /** In bits, 0..32 or 0..128. */
  public int prefixLength() {
    Integer length = block.getPrefixLength();
    return length == null ? block.getBitCount() : length;
  }

  private static String expected(String text) {
    return Found.message(
        text, "an address or CIDR such as 10.0.0.0/8, 2001:db8::/32" + remedy(text));
  }

  private static String remedy(String text) {
    Matcher wildcard = WILDCARD.matcher(text);
    if (wildcard.matches()) {
      String known = wildcard.group(1);
      int octets = known.split("\\.", -1).length;
      return "; write " + known + ".0".repeat(4 - octets) + "/" + 8 * octets;
    }
    return "";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr cidr && cidr.block.equals(block);
  }

  @Override
  public int hashCode() {
    return block.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
