package culvert.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A line of /proc/PID/stat, proc(5).
 *
 * @param ticks of CPU time, in user mode and in the kernel, of all threads that the process has or
 *     has had, and of its children that have ended and been waited for
 */
record ProcessStat(long ticks) {
  /** USER_HZ, which is 100 on every architecture that Java runs on. */
  private static final int TICKS_PER_SECOND = 100;

  private static final int UTIME = 14; // fields count from 1
  private static final int CSTIME = 17;
  private static final int FIRST_BEHIND_NAME = 3;

  static ProcessStat of(long pid) throws IOException {
    return parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
  }

  static ProcessStat parse(String line) {
    // The name is in brackets, and may have spaces and brackets itself.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int field = UTIME; field <= CSTIME; field++) {
      ticks += Long.parseLong(fields[field - FIRST_BEHIND_NAME]);
    }
    return new ProcessStat(ticks);
  }

  Duration cpu() {
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }
}
