package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * What a client in active mode asks for with {@code PORT} (RFC 959 section 4.1.2) or {@code EPRT}
 * (RFC 2428 section 2).
 */
public sealed interface PortCommand {

  /**
   * The client listens there. Whether it may say so is not checked yet, but for {@link
   * #portAllowed}.
   *
   * @param address an IPv4 address where the client wrote an IPv4-mapped one
   * @param extended whether it was EPRT
   */
  record Target(InetSocketAddress address, boolean extended) implements PortCommand {
    private static final int LOWEST_PORT = 1024;

    /** Whether the port is one on which a client may listen for data. */
    public boolean portAllowed() {
      return address.getPort() >= LOWEST_PORT;
    }

    private String verb() {
      return extended ? "EPRT" : "PORT";
    }

    /** The answer to a target that is not the client's own, in the words that servers use. */
    public String illegal() {
      return "500 Illegal " + verb() + " command.";
    }

    String successful() {
      return "200 " + verb() + " command successful.";
    }

    /**
     * The same command with another address: an IPv6 address can be told with EPRT only. The
     * delimiter is the one that all servers take.
     */
    byte[] renamed(InetSocketAddress other) {
      String host = other.getAddress().getHostAddress();
      int port = other.getPort();
      if (other.getAddress() instanceof Inet6Address) {
        int scope = host.indexOf('%');
        String plain = scope < 0 ? host : host.substring(0, scope);
        return line("EPRT |2|" + plain + "|" + port + "|");
      }
      return extended
          ? line("EPRT |1|" + host + "|" + port + "|")
          : line("PORT " + host.replace('.', ',') + "," + port / 256 + "," + port % 256);
    }

    private static byte[] line(String command) {
      return (command + "\r\n").getBytes(US_ASCII);
    }
  }

  /**
   * Cannot be read.
   *
   * @param reply for the client
   */
  record Malformed(String reply) implements PortCommand {}

  /** Reads a PORT or an EPRT. */
  static PortCommand parse(Command command) {
    String argument = command.argumentText().strip();
    return command.is("EPRT") ? PortParser.eprt(argument) : PortParser.port(argument);
  }
}
