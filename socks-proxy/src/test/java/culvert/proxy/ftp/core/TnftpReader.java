package culvert.proxy.ftp.core;

import java.util.List;
import java.util.Optional;

/** The BSD client (tnftp, inetutils): an address may stand in any line that begins with 227. */
final class TnftpReader extends ModelReader {

  TnftpReader() {
    super(LineEnd.LF);
  }

  @Override
  int ended(List<String> soFar) {
    return endedBySameCode(soFar);
  }

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    for (String line : reply.lines()) {
      int code = code(line);
      if (reply.done() && !extended && (code == 227 || code == 228)) {
        Optional<long[]> six = scanSix(line.substring(3));
        if (six.isPresent()) {
          return ReadAddress.of(six.get());
        }
      }
      if (reply.done() && extended && code == 229 && line.contains("(")) {
        String text = line.substring(line.indexOf('(') + 1);
        if (text.matches("(.)\\1\\1\\d{1,9}\\1.*")) {
          return ReadAddress.here(Long.parseLong(text.substring(3).split("\\D", 2)[0]));
        }
      }
    }
    return Optional.empty();
  }
}
