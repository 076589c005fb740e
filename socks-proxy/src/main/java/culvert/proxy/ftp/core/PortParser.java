package culvert.proxy.ftp.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the arguments of PORT and EPRT. */
final class PortParser {
  private static final Pattern SIX_NUMBERS =
      Pattern.compile(
          "(\\d{1,3}) *, *(\\d{1,3}) *, *(\\d{1,3}) *, *(\\d{1,3}) *, *(\\d{1,3}) *, *(\\d{1,3})");
  private static final Pattern IPV4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  /** What begins otherwise would be a name to look up, colon or not. */
  private static final Pattern IPV6 =
      Pattern.compile("([0-9A-Fa-f:][0-9A-Fa-f:.]*)(%[0-9A-Za-z._-]*)?");

  private static final int LONGEST_ADDRESS = 64; // with a scope

  private PortParser() {}

  static PortCommand port(String argument) {
    Matcher matcher = SIX_NUMBERS.matcher(argument);
    byte[] numbers = matcher.matches() ? bytes(matcher) : new byte[0];
    if (numbers.length != 6) {
      return malformed("PORT " + argument, "h1,h2,h3,h4,p1,p2, each 0..255");
    }
    int port = (numbers[4] & 0xff) << 8 | (numbers[5] & 0xff);
    return new PortCommand.Target(new InetSocketAddress(address(numbers), port), false);
  }

  static PortCommand eprt(String argument) {
    String delimiter = argument.isEmpty() ? "" : argument.substring(0, 1);
    boolean printable = delimiter.matches("[!-~&&[^0-9]]");
    String[] fields = printable ? argument.split(Pattern.quote(delimiter), -1) : new String[0];
    if (fields.length != 5 || !fields[4].isEmpty() || !fields[1].matches("\\d{1,5}")) {
      return malformed("EPRT " + argument, "|family|address|port|");
    }
    int family = Integer.parseInt(fields[1]);
    if (family != 1 && family != 2) {
      return new PortCommand.Malformed("522 Network protocol not supported, use (1,2)");
    }
    InetAddress address = family == 1 ? ipv4(fields[2]) : ipv6(fields[2]);
    int port = fields[3].matches("\\d{1,5}") ? Integer.parseInt(fields[3]) : -1;
    if (address == null || port < 0 || port > 65535) {
      return malformed(
          "EPRT " + argument,
          "an " + (family == 1 ? "IPv4" : "IPv6") + " address and a port 0..65535");
    }
    return new PortCommand.Target(new InetSocketAddress(address, port), true);
  }

  private static @Nullable InetAddress ipv4(String text) {
    Matcher matcher = IPV4.matcher(text);
    byte[] numbers = matcher.matches() ? bytes(matcher) : new byte[0];
    return numbers.length == 4 ? address(numbers) : null;
  }

  /** The scope is dropped: the client's own address is the one that is connected to. */
  private static @Nullable InetAddress ipv6(String text) {
    Matcher matcher = IPV6.matcher(text);
    if (text.length() > LONGEST_ADDRESS || !text.contains(":") || !matcher.matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(matcher.group(1)); // never a name to look up
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** The groups as bytes; fewer of them where one is none. */
  private static byte[] bytes(Matcher matcher) {
    byte[] bytes = new byte[matcher.groupCount()];
    for (int i = 0; i < bytes.length; i++) {
      int number = Integer.parseInt(matcher.group(i + 1));
      if (number > 255) {
        return new byte[0];
      }
      bytes[i] = (byte) number;
    }
    return bytes;
  }

  private static InetAddress address(byte[] numbers) {
    try {
      return InetAddress.getByAddress(new byte[] {numbers[0], numbers[1], numbers[2], numbers[3]});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static PortCommand malformed(String command, String expected) {
    return new PortCommand.Malformed(
        "501 culvert: " + OwnReply.printable(command) + ": expected " + expected);
  }
}
