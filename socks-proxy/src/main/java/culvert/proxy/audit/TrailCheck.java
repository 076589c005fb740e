package culvert.proxy.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chains of a trail: what was taken out of its middle, changed, moved or put in shows.
 * A trail may begin anywhere, for old files go; what was taken off its end shows only by a hash
 * that somebody kept elsewhere. Without I/O; lines come as {@link TrailReader} reads them.
 */
public final class TrailCheck {
  private static final int MOST_FAULTS = 100;

  /**
   * A line, and what the next one of its file has to name.
   *
   * @param boot empty: it is no event
   */
  private record Link(Path series, String boot, long seq, String hash, TrailLine line) {
    boolean isEvent() {
      return !boot.isEmpty();
    }

    String place() {
      return line.place();
    }
  }

  private final Map<String, Link> heads = new HashMap<>(); // by boot
  private final Set<String> hosts = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();
  private final Set<String> expected = new LinkedHashSet<>();
  private @Nullable Link last;
  private long lines;

  /** Of a trail as it is. */
  public TrailCheck() {
    this(List.of());
  }

  /**
   * Of a trail that has lines with these hashes.
   *
   * @param expected as {@code culvert audit head} has printed them once
   */
  public TrailCheck(Collection<String> expected) {
    expected.forEach(hash -> this.expected.add(hash.toLowerCase(Locale.ROOT)));
  }

  /** The next line. */
  public void line(TrailLine line) {
    lines++;
    expected.remove(line.hash());
    line.text("host").ifPresent(hosts::add);
    Path series = TrailName.series(line.file());
    if (last != null && !last.series().equals(series)) {
      endSeries();
    }
    Optional<String> prev = line.text("prev");
    Link link = link(series, line);
    if (link.isEvent() && last != null) {
      follows(link, prev.orElse(""), last);
    } else if (last != null && !last.isEvent()) {
      notAnEvent(last);
    }
    if (link.isEvent()) {
      @Nullable Link before = heads.put(link.boot(), link);
      if (last == null && before != null) {
        beginsAgain(link);
      }
    }
    last = link;
  }

  private static Link link(Path series, TrailLine line) {
    Optional<String> boot = line.text("boot");
    Optional<Long> seq = line.number("seq");
    return boot.isPresent() && seq.isPresent() && line.text("prev").isPresent()
        ? new Link(series, boot.get(), seq.get(), line.hash(), line)
        : new Link(series, "", 0, line.hash(), line);
  }

  private void follows(Link link, String prev, Link before) {
    boolean bound = prev.equals(before.hash());
    if (!before.isEvent() && !bound) {
      notAnEvent(before);
    }
    @Nullable Link head = heads.get(link.boot());
    if (head == null) {
      begins(link, prev, bound);
    } else if (link.seq() != head.seq() + 1) {
      outOfOrder(link, head);
    } else if (!head.hash().equals(before.hash()) && before.isEvent()) {
      fault(link.place() + ": goes on with " + head.place() + ": lines of others are between them");
    } else if (!prev.equals(head.hash())) {
      fault(
          head.place() + ": has been changed: it is not the line that " + link.place() + " names");
    }
  }

  private void begins(Link link, String prev, boolean bound) {
    if (link.seq() != 1) {
      fault(
          "%s: the run's beginning is missing (seq %d, expected: 1)"
              .formatted(link.place(), link.seq()));
    } else if (!bound) {
      fault(
          link.place()
              + ": a run begins behind "
              + (prev.equals(LineHash.NONE) ? "nothing" : "a line that is not here any more")
              + ": what was before it is missing, or has been changed");
    }
  }

  private void outOfOrder(Link link, Link head) {
    if (link.seq() == 1) {
      beginsAgain(link);
    } else {
      fault(
          "%s: seq %d behind %d at %s: %s"
              .formatted(
                  link.place(),
                  link.seq(),
                  head.seq(),
                  head.place(),
                  link.seq() > head.seq() ? "lines are missing between them" : "out of order"));
    }
  }

  private void beginsAgain(Link link) {
    fault(link.place() + ": boot " + link.boot() + " begins again");
  }

  private void notAnEvent(Link link) {
    fault(link.place() + ": not an event (expected: a JSON object with boot, seq and prev)");
  }

  /** A line that a dying process did not finish is bound by the next run's first, if there is. */
  private void endSeries() {
    if (last != null && !last.isEvent() && last.line().whole()) {
      notAnEvent(last);
    }
    last = null;
  }

  /** A file cannot be read on. */
  public void unreadable(String why) {
    fault(why);
  }

  private void fault(String fault) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(fault);
    }
  }

  /** What is wrong, each with its place; empty: nothing is. Call it behind the last line. */
  public List<String> faults() {
    endSeries();
    expected.forEach(
        hash -> fault("no line has the hash " + hash + ": the trail's end is missing"));
    expected.clear();
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

  /** On these hosts. */
  public List<String> hosts() {
    return List.copyOf(hosts);
  }
}
