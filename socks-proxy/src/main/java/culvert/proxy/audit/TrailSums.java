package culvert.proxy.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Adds up the jobs of a trail, for each route and whatever else is asked for. What a job's
 * transfers have moved is in its end, and so only that counts. Not thread-safe.
 */
public final class TrailSums {

  /** What jobs can be told apart by; {@link #toString} is the word. */
  public enum Key {
    USER("user", "client", "os_user"),
    PROGRAM("program", "client", "program"),
    DESTINATION("destination", "destination", "asked");

    private final String word;
    private final String object;
    private final String field;

    Key(String word, String object, String field) {
      this.word = word;
      this.object = object;
      this.field = field;
    }

    String of(TrailLine line) {
      return String.valueOf(line.object(object).getOrDefault(field, "unknown"));
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /**
   * The jobs of one group.
   *
   * @param group route, why, and the values of the keys
   */
  public record Sum(
      List<String> group,
      long jobs,
      long notOk,
      long filesUp,
      long filesDown,
      long bytesUp,
      long bytesDown) {

    private Sum plus(TrailLine job) {
      Map<String, Object> files = job.object("files");
      Map<String, Object> bytes = job.object("bytes");
      boolean ok = job.text("outcome").filter("ok"::equals).isPresent();
      return new Sum(
          group,
          jobs + 1,
          notOk + (ok ? 0 : 1),
          filesUp + number(files, "up"),
          filesDown + number(files, "down"),
          bytesUp + number(bytes, "up"),
          bytesDown + number(bytes, "down"));
    }

    private static long number(Map<String, Object> fields, String name) {
      return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }
  }

  private final List<Key> keys;
  private final Map<String, Sum> sums = new TreeMap<>();

  /**
   * @param keys beside route and reason
   */
  public TrailSums(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /** The names of a group's parts. */
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of("route", "why"));
    keys.forEach(key -> names.add(key.toString()));
    return names;
  }

  /** Counts a line if it is a job's end. */
  public void add(TrailLine line) {
    if (line.text("event").filter(AuditCode.JOB_ENDED.event()::equals).isEmpty()) {
      return;
    }
    List<String> group = new ArrayList<>();
    group.add(line.text("route").orElse("unknown"));
    group.add(line.text("why").orElse(""));
    keys.forEach(key -> group.add(key.of(line)));
    sums.compute(
        String.join("\0", group),
        (same, sum) ->
            Objects.requireNonNullElseGet(sum, () -> new Sum(group, 0, 0, 0, 0, 0, 0)).plus(line));
  }

  /** In the order of their groups. */
  public List<Sum> all() {
    return List.copyOf(sums.values());
  }

  /** A sum as an object with the trail's field names. */
  public Map<String, Object> object(Sum sum) {
    Map<String, Object> object = new LinkedHashMap<>();
    List<String> names = names();
    for (int i = 0; i < names.size(); i++) {
      if (!sum.group().get(i).isEmpty()) {
        object.put(names.get(i), sum.group().get(i));
      }
    }
    object.put("jobs", sum.jobs());
    object.put("not_ok", sum.notOk());
    object.put("files", new Fields().put("up", sum.filesUp()).put("down", sum.filesDown()).map());
    object.put("bytes", new Fields().put("up", sum.bytesUp()).put("down", sum.bytesDown()).map());
    return object;
  }
}
