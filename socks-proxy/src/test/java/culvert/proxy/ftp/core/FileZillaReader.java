package culvert.proxy.ftp.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** FileZilla and WinSCP: CR, LF and NUL each end a line, empty ones are passed over. */
final class FileZillaReader extends ModelReader {
  private static final Pattern SIX =
      Pattern.compile("(\\d{1,3}),(\\d{1,3}),(\\d{1,3}),(\\d{1,3}),(\\d{1,3}),(\\d{1,3})");
  private static final Pattern EXTENDED = Pattern.compile("\\(\\|\\|\\|(\\d{1,9})\\|\\)");

  FileZillaReader() {
    super(LineEnd.EACH);
  }

  @Override
  int ended(List<String> soFar) {
    return endedBySameCode(soFar);
  }

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    int kind = reply.code() / 100;
    if (kind != 2 && kind != 3) {
      return Optional.empty();
    }
    Matcher matcher = (extended ? EXTENDED : SIX).matcher(reply.last());
    if (!matcher.find()) {
      return Optional.empty();
    }
    return extended
        ? ReadAddress.here(Long.parseLong(matcher.group(1)))
        : numbers(matcher).flatMap(ReadAddress::of);
  }
}
