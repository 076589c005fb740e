package culvert.proxy.handover;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The beginning of a handover: {@code culvert-exec 1 listeners=2 program=curl}.
 *
 * @param listeners how many listening sockets follow; behind them comes the socket for names
 * @param program the command's
 */
record Hello(int listeners, String program) implements Opening {
  static final int VERSION = 1;

  private static final int MOST_LISTENERS = 2;

  /** A file's name has 255 bytes at most, each of which may be written as three. */
  private static final int LONGEST_NAME = 3 * 255;

  private static final Pattern FORM =
      Pattern.compile(
          "listeners=([1-" + MOST_LISTENERS + "]) program=(\\S{0," + LONGEST_NAME + "})");

  String line() {
    return "culvert-exec "
        + VERSION
        + " listeners="
        + listeners
        + " program="
        + URLEncoder.encode(program, StandardCharsets.UTF_8);
  }

  /** Reads what stands behind the version. */
  static Hello parse(String rest) {
    Matcher hello = FORM.matcher(rest);
    if (!hello.matches()) {
      throw new IllegalArgumentException("a hello that cannot be read");
    }
    return new Hello(
        Integer.parseInt(hello.group(1)),
        URLDecoder.decode(hello.group(2), StandardCharsets.UTF_8));
  }
}
