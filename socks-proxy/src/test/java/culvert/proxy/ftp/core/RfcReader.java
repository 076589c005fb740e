package culvert.proxy.ftp.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RFC 959 section 4.2, RFC 1123 section 4.1.2.6 (scan for the first digit) and RFC 2428. */
final class RfcReader extends ModelReader {
  private static final Pattern EXTENDED = Pattern.compile("\\((.)\\1\\1(\\d{1,5})\\1\\)");

  RfcReader() {
    super(LineEnd.LF);
  }

  @Override
  int ended(List<String> soFar) {
    return endedBySameCode(soFar);
  }

  @Override
  boolean endsAtPreliminary() {
    return false;
  }

  @Override
  boolean mayPipeline() {
    return true;
  }

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    if (reply.code() == 227) {
      return scanSix(reply.last().substring(3)).flatMap(ReadAddress::of);
    }
    Matcher matcher = EXTENDED.matcher(reply.last());
    return reply.code() == 229 && matcher.find()
        ? ReadAddress.here(Long.parseLong(matcher.group(2)))
        : Optional.empty();
  }
}
