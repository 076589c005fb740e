package culvert.proxy.ftp.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** lftp: takes telnet commands out of replies, pipelines, and finds an address in any 2yz. */
final class LftpReader extends ModelReader {
  private static final Pattern PORT = Pattern.compile("\\s*\\+?(\\d+)(.).*");

  LftpReader() {
    super(LineEnd.LF);
  }

  @Override
  String read(String line) {
    StringBuilder read = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == 0xff && i + 1 < line.length()) {
        i++;
        if (line.charAt(i) >= 0xfb && line.charAt(i) <= 0xfe) {
          i++;
        } else if (line.charAt(i) == 0xff) {
          read.append(line.charAt(i));
        }
      } else {
        read.append(line.charAt(i));
      }
    }
    return read.toString();
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
    if (!reply.done() || reply.last().length() < 4) {
      return Optional.empty();
    }
    if (!extended) {
      return scanSix(reply.last().substring(4)).flatMap(ReadAddress::of);
    }
    int open = reply.last().indexOf('(');
    String text = reply.last().substring(open < 0 ? 4 : open + 1);
    if (text.length() < 4 || text.charAt(1) != text.charAt(0) || text.charAt(2) != text.charAt(0)) {
      return Optional.empty();
    }
    Matcher matcher = PORT.matcher(text.substring(3));
    return matcher.matches() && matcher.group(1).length() < 10
        ? ReadAddress.here(Long.parseLong(matcher.group(1)))
        : Optional.empty();
  }
}
