package culvert.proxy.handover;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first line of whoever connects to the {@link ExecDoor}. */
sealed interface Opening permits Hello, Opening.Connected, Opening.NotConnected {

  /**
   * A connection that was asked for in a namespace ({@link Wish}) follows as a file descriptor.
   *
   * @param token which one
   */
  record Connected(String token) implements Opening {
    String line() {
      return "culvert-exec " + Hello.VERSION + " connected " + token;
    }
  }

  /** It could not be made. */
  record NotConnected(String token, String reason) implements Opening {
    String line() {
      return "culvert-exec "
          + Hello.VERSION
          + " failed "
          + token
          + " "
          + reason.replaceAll("\\s+", " ");
    }
  }

  Pattern ANY = Pattern.compile("culvert-exec (\\d{1,9})(?: (.*))?");
  Pattern CONNECTED = Pattern.compile("connected ([0-9a-f]{32})");
  Pattern NOT_CONNECTED = Pattern.compile("failed ([0-9a-f]{32}) (.{0,500})");

  /**
   * Reads such a line.
   *
   * @throws IllegalArgumentException with what was found and what was expected, for the other side
   */
  static Opening parse(String line) {
    Matcher any = ANY.matcher(line);
    if (!any.matches()) {
      throw new IllegalArgumentException(
          "no hello (expected: culvert-exec " + Hello.VERSION + " ...)");
    }
    if (Integer.parseInt(any.group(1)) != Hello.VERSION) {
      throw new IllegalArgumentException(
          "version "
              + any.group(1)
              + " of culvert exec (expected: "
              + Hello.VERSION
              + ", as the running Culvert has it)");
    }
    String rest = any.group(2) == null ? "" : any.group(2);
    Matcher connected = CONNECTED.matcher(rest);
    if (connected.matches()) {
      return new Connected(connected.group(1));
    }
    Matcher not = NOT_CONNECTED.matcher(rest);
    return not.matches() ? new NotConnected(not.group(1), not.group(2)) : Hello.parse(rest);
  }
}
