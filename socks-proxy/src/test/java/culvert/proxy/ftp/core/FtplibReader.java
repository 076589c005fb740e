package culvert.proxy.ftp.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's ftplib: universal newlines, and patterns that look through the whole reply. */
final class FtplibReader extends ModelReader {
  private static final Pattern SIX = Pattern.compile("(\\d+),(\\d+),(\\d+),(\\d+),(\\d+),(\\d+)");

  FtplibReader() {
    super(LineEnd.ANY);
  }

  @Override
  int ended(List<String> soFar) {
    String first = soFar.get(0);
    String last = soFar.get(soFar.size() - 1);
    if (at(first, 3) == '-') {
      boolean ends = soFar.size() > 1 && start(last).equals(start(first)) && at(last, 3) != '-';
      return ends ? Math.max(0, code(first)) : -1;
    }
    return Math.max(0, code(first));
  }

  private static String start(String line) {
    return line.substring(0, Math.min(3, line.length()));
  }

  @Override
  boolean ignores(String line) {
    return false;
  }

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    if (!extended && reply.code() == 227) {
      Matcher matcher = SIX.matcher(reply.whole());
      return matcher.find() ? numbers(matcher).flatMap(FtplibReader::here) : Optional.empty();
    }
    return extended && reply.code() == 229 ? extended(reply.whole()) : Optional.empty();
  }

  /** The address is not trusted, and the port may be one large number. */
  private static Optional<ReadAddress> here(long[] numbers) {
    return ReadAddress.here((numbers[4] << 8) + numbers[5]);
  }

  private static Optional<ReadAddress> extended(String text) {
    int left = text.indexOf('(');
    int right = text.indexOf(')', left + 1);
    if (left < 0 || right < left + 2 || text.charAt(left + 1) != text.charAt(right - 1)) {
      return Optional.empty();
    }
    String[] parts =
        text.substring(left + 1, right).split(Pattern.quote("" + text.charAt(left + 1)), -1);
    return parts.length == 5 && parts[3].strip().matches("\\+?[0-9_]{1,9}")
        ? ReadAddress.here(Long.parseLong(parts[3].strip().replace("_", "0")))
        : Optional.empty();
  }
}
