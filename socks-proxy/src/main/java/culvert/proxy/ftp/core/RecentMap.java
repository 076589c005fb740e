package culvert.proxy.ftp.core;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers what is known of a session's latest data connections, and of no more. */
@SuppressWarnings("serial") // is never serialized
final class RecentMap<V> extends LinkedHashMap<Integer, V> {
  private static final int MAX = 64;

  @Override
  protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
    return size() > MAX;
  }
}
