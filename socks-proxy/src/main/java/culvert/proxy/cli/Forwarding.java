package culvert.proxy.cli;

import culvert.config.Endpoint;
import culvert.config.TunnelProtocol;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The argument of {@code -L} and {@code -R}, as ssh has it, with the protocol in front.
 *
 * @param bind where the tunnel listens; port 0 takes a free one
 * @param target where it leads
 */
record Forwarding(TunnelProtocol protocol, Endpoint bind, Endpoint target) {
  private static final String EXPECTED =
      "expected: [ftp/][BIND:]PORT:HOST:HOSTPORT, IPv6 addresses in brackets";

  /** For picocli. */
  static final class Converter implements ITypeConverter<Forwarding> {
    @Override
    public Forwarding convert(String text) {
      return parse(text);
    }
  }

  /**
   * Reads it.
   *
   * @throws TypeConversionException with what is wrong and what was expected
   */
  static Forwarding parse(String text) {
    TunnelProtocol protocol = TunnelProtocol.TCP;
    String rest = text;
    for (TunnelProtocol known : TunnelProtocol.values()) {
      if (text.startsWith(known + "/")) {
        protocol = known;
        rest = text.substring(known.toString().length() + 1);
      }
    }
    if (rest.indexOf('/') >= 0) {
      throw wrong(text, "unknown protocol in front of the /");
    }
    List<String> fields = fields(text, rest);
    if (fields.size() < 3 || fields.size() > 4) {
      throw wrong(text, fields.size() + " fields between the colons");
    }
    int port = fields.size() - 3;
    return new Forwarding(
        protocol,
        new Endpoint(
            port == 0 ? "127.0.0.1" : bind(text, fields.get(0)), port(text, fields, port, 0)),
        new Endpoint(host(text, "HOST", fields.get(port + 1)), port(text, fields, port + 2, 1)));
  }

  /** Between the colons, but for those in brackets, which stay outside. */
  private static List<String> fields(String text, String rest) {
    List<String> fields = new ArrayList<>();
    int start = 0;
    while (start <= rest.length()) {
      int end;
      if (rest.startsWith("[", start)) {
        int close = rest.indexOf(']', start);
        if (close < 0) {
          throw wrong(text, "a bracket that is not closed");
        }
        if (rest.substring(start, close).indexOf(':') < 0) {
          throw wrong(text, "brackets around what is no IPv6 address");
        }
        end = close + 1;
        if (end < rest.length() && rest.charAt(end) != ':') {
          throw wrong(text, "no colon behind the bracket");
        }
        fields.add(rest.substring(start + 1, close));
      } else {
        int colon = rest.indexOf(':', start);
        end = colon < 0 ? rest.length() : colon;
        fields.add(rest.substring(start, end));
      }
      start = end + 1;
    }
    return fields;
  }

  private static String bind(String text, String field) {
    return field.equals("*") ? "0.0.0.0" : host(text, "BIND", field);
  }

  private static String host(String text, String what, String field) {
    if (field.isEmpty()) {
      throw wrong(text, what + " is empty");
    }
    return field;
  }

  private static int port(String text, List<String> fields, int index, int min) {
    String field = fields.get(index);
    int port = field.matches("[0-9]{1,5}") ? Integer.parseInt(field) : -1;
    if (port < min || port > 65535) {
      throw wrong(
          text,
          (min == 0 ? "PORT" : "HOSTPORT")
              + " is "
              + (field.isEmpty() ? "empty" : field)
              + ", not "
              + min
              + "..65535");
    }
    return port;
  }

  private static TypeConversionException wrong(String text, String what) {
    return new TypeConversionException(text + ": " + what + " (" + EXPECTED + ")");
  }
}
