package culvert.proxy.ftp.core;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** curl: a reply ends at any code with a space, and its last line is all that is looked at. */
final class CurlReader extends AnyEndReader {
  /** {@code sscanf("%c%c%c%u%c")} behind the first parenthesis. */
  private static final Pattern EXTENDED = Pattern.compile("(?s)(.)(.)(.)\\s*\\+?(\\d+)(.).*");

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    String text = reply.last().substring(4);
    if (extended && reply.code() == 229) {
      int open = text.indexOf('(');
      Matcher matcher = EXTENDED.matcher(open < 0 ? "" : text.substring(open + 1));
      boolean found =
          matcher.matches()
              && matcher.group(1).equals(matcher.group(2))
              && matcher.group(1).equals(matcher.group(3))
              && matcher.group(1).equals(matcher.group(5))
              && matcher.group(4).length() < 10;
      return found ? ReadAddress.here(Long.parseLong(matcher.group(4))) : Optional.empty();
    }
    return !extended && reply.code() == 227
        ? scanSix(text).flatMap(ReadAddress::of)
        : Optional.empty();
  }
}
