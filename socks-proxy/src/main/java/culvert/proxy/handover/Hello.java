package culvert.proxy.handover;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first line of a handover: {@code culvert-exec 1 listeners=2 program=curl}.
 *
 * @param listeners how many listening sockets follow; behind them comes the socket for names
 * @param program the command's
 */
record Hello(int listeners, String program) {
  private static final int VERSION = 1;
  private static final int MOST_LISTENERS = 2;
  private static final Pattern ANY_VERSION = Pattern.compile("culvert-exec (\\d{1,9})( .*)?");
  private static final Pattern FORM =
      Pattern.compile("culvert-exec 1 listeners=([1-" + MOST_LISTENERS + "]) program=(\\S{0,400})");

  String line() {
    return "culvert-exec "
        + VERSION
        + " listeners="
        + listeners
        + " program="
        + URLEncoder.encode(program, StandardCharsets.UTF_8);
  }

  /**
   * Reads such a line.
   *
   * @throws IllegalArgumentException with what was found and what was expected, for the other side
   */
  static Hello parse(String line) {
    Matcher any = ANY_VERSION.matcher(line);
    if (!any.matches()) {
      throw new IllegalArgumentException("no hello (expected: culvert-exec " + VERSION + " ...)");
    }
    if (Integer.parseInt(any.group(1)) != VERSION) {
      throw new IllegalArgumentException(
          "version "
              + any.group(1)
              + " of culvert exec (expected: "
              + VERSION
              + ", as the running Culvert has it)");
    }
    Matcher hello = FORM.matcher(line);
    if (!hello.matches()) {
      throw new IllegalArgumentException("a hello that cannot be read");
    }
    return new Hello(
        Integer.parseInt(hello.group(1)),
        URLDecoder.decode(hello.group(2), StandardCharsets.UTF_8));
  }
}
