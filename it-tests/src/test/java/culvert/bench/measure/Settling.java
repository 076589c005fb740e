package culvert.bench.measure;

import culvert.bench.rig.Memory;
import culvert.bench.rig.ProxyUnderTest;
import java.io.IOException;

/** Waits until a process has had time to give memory back, and its memory stays as it is. */
final class Settling {
  private static final long LOOK_MILLIS = 500;
  private static final int LOOKS = 60;
  private static final int QUIET_LOOKS = 4;
  private static final double SAME = 0.005;

  private Settling() {}

  /** At rest: when it has not changed for two seconds. */
  static Memory atStart(ProxyUnderTest proxy) throws IOException, InterruptedException {
    return after(proxy, 0);
  }

  /** After work: the same, but not before twenty seconds are over. */
  static Memory afterWork(ProxyUnderTest proxy) throws IOException, InterruptedException {
    return after(proxy, 40);
  }

  private static Memory after(ProxyUnderTest proxy, int looks)
      throws IOException, InterruptedException {
    Memory memory = proxy.memory();
    int quiet = 0;
    for (int look = 0; look < looks || (look < LOOKS && quiet < QUIET_LOOKS); look++) {
      Thread.sleep(LOOK_MILLIS);
      Memory now = proxy.memory();
      quiet = same(memory.resident(), now.resident()) ? quiet + 1 : 0;
      memory = now;
    }
    return memory;
  }

  /** The most of it within a time. */
  static Memory mostOf(ProxyUnderTest proxy, int looks) throws IOException, InterruptedException {
    Memory most = proxy.memory();
    for (int look = 0; look < looks; look++) {
      Thread.sleep(LOOK_MILLIS / 5);
      most = most.orMore(proxy.memory());
    }
    return most;
  }

  private static boolean same(long before, long after) {
    return Math.abs(after - before) <= SAME * before;
  }
}
