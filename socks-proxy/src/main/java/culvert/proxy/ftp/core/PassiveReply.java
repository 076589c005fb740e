package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server in passive mode listens, out of a {@code 227} (RFC 959) or a {@code 229} (RFC
 * 2428).
 *
 * @param address what a {@code 227} says; empty in a {@code 229}
 * @param port 0..65535; see {@link #portAllowed}
 */
public record PassiveReply(Optional<Inet4Address> address, int port) {
  private static final int LOWEST_PORT = 1024;

  /** Enough for every server; keeps the search short whatever a server sends. */
  private static final int SEARCHED = 512;

  private static final Pattern SIX_NUMBERS =
      Pattern.compile(
          "(?<!\\d)(\\d{1,3}) ?, ?(\\d{1,3}) ?, ?(\\d{1,3}) ?, ?(\\d{1,3}) ?, ?(\\d{1,3}) ?, ?(\\d{1,3})(?!\\d)");

  /**
   * Any delimiter; some servers fill in the family and the address, which RFC 2428 leaves empty.
   */
  private static final Pattern EXTENDED =
      Pattern.compile("([!-/:-~])[12]?\\1[0-9A-Fa-f:.]*\\1(\\d{1,5})\\1");

  /** Reads the final line of a reply, as leniently as clients do; judged by its code. */
  public static Optional<PassiveReply> parse(int code, String line) {
    String text = line.substring(Math.min(3, line.length()), Math.min(SEARCHED, line.length()));
    return switch (code) {
      case 227 -> parse227(text);
      case 229 -> parse229(text);
      default -> Optional.empty();
    };
  }

  private static Optional<PassiveReply> parse227(String text) {
    Matcher matcher = SIX_NUMBERS.matcher(text);
    while (matcher.find()) {
      int[] numbers = new int[6];
      boolean bytes = true;
      for (int i = 0; i < 6; i++) {
        numbers[i] = Integer.parseInt(matcher.group(i + 1));
        bytes &= numbers[i] <= 255;
      }
      if (bytes) {
        return Optional.of(
            new PassiveReply(Optional.of(address(numbers)), numbers[4] * 256 + numbers[5]));
      }
    }
    return Optional.empty();
  }

  private static Optional<PassiveReply> parse229(String text) {
    Matcher matcher = EXTENDED.matcher(text);
    if (!matcher.find() || Integer.parseInt(matcher.group(2)) > 65535) {
      return Optional.empty();
    }
    return Optional.of(new PassiveReply(Optional.empty(), Integer.parseInt(matcher.group(2))));
  }

  private static Inet4Address address(int[] numbers) {
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      bytes[i] = (byte) numbers[i];
    }
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** Whether the port is one on which an FTP server may listen for data. */
  public boolean portAllowed() {
    return port >= LOWEST_PORT;
  }

  /** What the client is told instead of a port that is not allowed. */
  String refusal() {
    return "425 culvert: the FTP server announced port "
        + port
        + " (expected: "
        + LOWEST_PORT
        + "..65535)";
  }

  /** The canonical {@code 227}, which every client reads. */
  public static byte[] encode227(Inet4Address address, int port) {
    String host = address.getHostAddress().replace('.', ',');
    return ("227 Entering Passive Mode (" + host + "," + port / 256 + "," + port % 256 + ")\r\n")
        .getBytes(US_ASCII);
  }

  /** The canonical {@code 229}. */
  public static byte[] encode229(int port) {
    return ("229 Entering Extended Passive Mode (|||" + port + "|)\r\n").getBytes(US_ASCII);
  }
}
