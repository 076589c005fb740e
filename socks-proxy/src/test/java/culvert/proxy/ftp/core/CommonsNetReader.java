package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Apache Commons Net, with UTF-8 for its encoding: only CRLF ends a line, the first line has the
 * code, any line with a code ends a reply of many, and digits are those of any script.
 */
final class CommonsNetReader extends ModelReader {
  private static final Pattern SIX =
      Pattern.compile("(\\d{1,3}),(\\d{1,3}),(\\d{1,3}),(\\d{1,3}),(\\d{1,3}),(\\d{1,3})");

  CommonsNetReader() {
    super(LineEnd.CRLF);
  }

  @Override
  String read(String line) {
    StringBuilder read = new StringBuilder();
    for (char c : new String(line.getBytes(ISO_8859_1), UTF_8).toCharArray()) {
      read.append(Character.isDigit(c) ? (char) ('0' + Character.digit(c, 10)) : c);
    }
    return read.toString();
  }

  @Override
  int ended(List<String> soFar) {
    String first = soFar.get(0);
    String last = soFar.get(soFar.size() - 1);
    boolean ends =
        at(first, 3) != '-'
            || (soFar.size() > 1 && at(last, 3) != '-' && last.length() > 3 && isDigit(last));
    return ends ? Math.max(0, code(first)) : -1;
  }

  private static boolean isDigit(String line) {
    return Character.isDigit(line.charAt(0));
  }

  @Override
  boolean ignores(String line) {
    return false;
  }

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    String text = reply.whole();
    if (!extended && reply.code() == 227) {
      Matcher matcher = SIX.matcher(text);
      return matcher.find() ? numbers(matcher).flatMap(ReadAddress::of) : Optional.empty();
    }
    int open = text.indexOf('(');
    int close = text.indexOf(')');
    if (!extended || reply.code() != 229 || open < 0 || close < open + 6) {
      return Optional.empty();
    }
    String port = text.substring(open + 1, close).strip();
    return port.matches("(?s)(.)\\1\\1\\+?\\d{1,9}\\1")
        ? ReadAddress.here(Long.parseLong(port.substring(3, port.length() - 1)))
        : Optional.empty();
  }
}
