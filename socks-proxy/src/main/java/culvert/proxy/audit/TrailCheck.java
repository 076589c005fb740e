package culvert.proxy.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chains of a trail: what was taken out of its middle, changed or moved shows. A trail
 * may begin anywhere, for old files go; what was taken off its end shows only by a hash that
 * somebody kept elsewhere. Without I/O; lines come in the order in which they were written.
 */
public final class TrailCheck {
  private static final int MOST_FAULTS = 100;

  /** The last line of a run of the program. */
  private record Head(long seq, String hash, String place) {}

  private final Map<String, Head> heads = new HashMap<>(); // by boot
  private final Set<String> ends = new HashSet<>(); // the hashes of heads, and of cut-off lines
  private final Set<String> begun = new HashSet<>(); // series of files
  private final List<String> faults = new ArrayList<>();
  private @Nullable TrailLine cutOff;
  private @Nullable String last;
  private long lines;
  private final @Nullable String expected;
  private boolean found;

  /** Of a trail as it is. */
  public TrailCheck() {
    this(null);
  }

  /**
   * Of a trail that has a line with this hash.
   *
   * @param expected as {@link #head} was once; null: none is
   */
  public TrailCheck(@Nullable String expected) {
    this.expected = expected;
  }

  /** The next line. */
  public void line(TrailLine line) {
    lines++;
    String hash = LineHash.of(line.octets());
    found |= hash.equals(expected);
    Optional<String> boot = line.text("boot");
    Optional<Long> seq = line.number("seq");
    Optional<String> prev = line.text("prev");
    boolean opens = line.number() == 1 && begun.add(TrailName.series(line.file()));
    if (boot.isEmpty() || seq.isEmpty() || prev.isEmpty()) {
      cutOff(line);
    } else {
      if (seq.get() == 1) {
        begins(line, opens, prev.get(), boot.get());
      } else {
        goesOn(line, opens, prev.get(), seq.get(), heads.get(boot.get()));
      }
      Head replaced = heads.put(boot.get(), new Head(seq.get(), hash, line.place()));
      if (replaced != null) {
        ends.remove(replaced.hash());
      }
    }
    ends.add(hash);
    last = hash;
  }

  /** A line that a dying process did not finish is bound by the next run's first. */
  private void cutOff(TrailLine line) {
    unbound();
    cutOff = line;
  }

  private void unbound() {
    if (cutOff != null) {
      fault(cutOff.place() + ": not an event (expected: a JSON object with boot, seq and prev)");
      cutOff = null;
    }
  }

  private void begins(TrailLine line, boolean opens, String prev, String boot) {
    if (cutOff != null && prev.equals(LineHash.of(cutOff.octets()))) {
      cutOff = null;
    }
    unbound();
    if (heads.containsKey(boot)) {
      fault(line.place() + ": boot " + boot + " begins again");
    } else if (!opens && !ends.contains(prev)) {
      fault(
          line.place()
              + ": a run begins behind "
              + (prev.equals(LineHash.NONE) ? "nothing" : "a line that is not here any more")
              + ": what was before it is missing, or has been changed");
    }
  }

  private void goesOn(TrailLine line, boolean opens, String prev, long seq, @Nullable Head head) {
    unbound();
    if (head == null) {
      if (!opens) {
        fault(line.place() + ": the run's beginning is missing (seq " + seq + ", expected: 1)");
      }
    } else if (seq != head.seq() + 1) {
      fault(
          line.place()
              + ": seq "
              + seq
              + " behind "
              + head.seq()
              + " at "
              + head.place()
              + (seq > head.seq() ? ": lines are missing between them" : ": out of order"));
    } else if (!prev.equals(head.hash())) {
      fault(
          head.place() + ": has been changed: it is not the line that " + line.place() + " names");
    }
  }

  private void fault(String fault) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(fault);
    }
  }

  /** What is wrong, each with its place; empty: nothing is. Call it behind the last line. */
  public List<String> faults() {
    unbound();
    if (expected != null && !found) {
      fault("no line has the hash " + expected + ": the trail's end is missing");
      found = true;
    }
    return List.copyOf(faults);
  }

  /** So many lines. */
  public long lines() {
    return lines;
  }

  /** Of so many runs of the program. */
  public int boots() {
    return heads.size();
  }

  /** The last line's hash; empty: there is none. */
  public Optional<String> head() {
    return Optional.ofNullable(last);
  }
}
