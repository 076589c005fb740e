package culvert.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resident memory as /proc/PID/status has it.
 *
 * @param resident all of it (VmRSS), in KiB
 * @param anonymous what is no file's (RssAnon), in KiB
 */
public record Memory(long resident, long anonymous) {
  static final Memory NONE = new Memory(0, 0);

  static Memory of(long pid) throws IOException {
    return parse(Files.readString(Path.of("/proc/" + pid + "/status")));
  }

  static Memory parse(String status) {
    return new Memory(kibibytes(status, "VmRSS"), kibibytes(status, "RssAnon"));
  }

  private static long kibibytes(String status, String name) {
    Matcher matcher =
        Pattern.compile("^" + name + ":\\s+(\\d+) kB$", Pattern.MULTILINE).matcher(status);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + name + " in: " + status);
    }
    return Long.parseLong(matcher.group(1));
  }

  Memory plus(Memory other) {
    return new Memory(resident + other.resident, anonymous + other.anonymous);
  }

  /** The greater of each. */
  public Memory orMore(Memory other) {
    return new Memory(Math.max(resident, other.resident), Math.max(anonymous, other.anonymous));
  }
}
