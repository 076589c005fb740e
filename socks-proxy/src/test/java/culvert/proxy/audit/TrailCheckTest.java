package culvert.proxy.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TrailCheckTest {
  private static final int LINES = 12;

  /** Two runs, one after the other, in one file. */
  private static List<byte[]> twoRuns() {
    List<byte[]> lines = new ArrayList<>(Events.lines(Events.BOOT, LineHash.NONE, LINES));
    lines.addAll(Events.lines(Events.OTHER_BOOT, LineHash.of(lines.get(LINES - 1)), LINES));
    return lines;
  }

  @Test
  void aTrailOfTwoRunsIsWhole() {
    assertThat(Events.faults(twoRuns())).isEmpty();
  }

  @Property
  void aRemovedLineShows(@ForAll @IntRange(min = 1, max = 2 * LINES - 2) int removed) {
    List<byte[]> lines = twoRuns();
    lines.remove(removed);

    assertThat(Events.faults(lines)).isNotEmpty();
  }

  @Property
  void aChangedLineShows(
      @ForAll @IntRange(max = 2 * LINES - 2) int changed, @ForAll @IntRange(max = 80) int place) {
    List<byte[]> lines = twoRuns();
    byte[] line = lines.get(changed).clone();
    line[place] ^= 1;
    lines.set(changed, line);

    assertThat(Events.faults(lines)).isNotEmpty();
  }

  @Property
  void reorderedLinesShow(
      @ForAll @IntRange(max = 2 * LINES - 1) int one,
      @ForAll @IntRange(max = 2 * LINES - 1) int other) {
    List<byte[]> lines = twoRuns();
    Collections.swap(lines, one, other);

    assertThat(Events.faults(lines).isEmpty()).isEqualTo(one == other);
  }

  @Property
  void aLineThatStandsTwiceShows(@ForAll @IntRange(max = 2 * LINES - 1) int copied) {
    List<byte[]> lines = twoRuns();
    lines.add(copied, lines.get(copied));

    assertThat(Events.faults(lines)).isNotEmpty();
  }

  @Property
  void aTrailMayBeginAnywhere(@ForAll @IntRange(max = 2 * LINES - 1) int begin) {
    List<byte[]> lines = twoRuns();

    assertThat(Events.faults(lines.subList(begin, lines.size()))).isEmpty();
  }

  @Test
  void aWholeRunThatIsMissingShows() {
    List<byte[]> first = Events.lines(Events.BOOT, LineHash.NONE, 2);
    List<byte[]> second = Events.lines(Events.OTHER_BOOT, LineHash.of(first.get(1)), 2);
    List<byte[]> third = Events.lines(java.util.UUID.randomUUID(), LineHash.of(second.get(1)), 2);
    List<byte[]> lines = new ArrayList<>(first);
    lines.addAll(third);

    assertThat(Events.faults(lines))
        .singleElement()
        .asString()
        .startsWith("audit.jsonl:3: a run begins behind a line that is not here any more");
  }

  @Test
  void aLineThatWasCutOffIsBoundByTheNextRun() {
    List<byte[]> lines = new ArrayList<>(Events.lines(Events.BOOT, LineHash.NONE, 3));
    byte[] torn = "{\"v\":1,\"time\":\"2026-11".getBytes(UTF_8);
    lines.add(torn);
    lines.addAll(Events.lines(Events.OTHER_BOOT, LineHash.of(torn), 2));

    assertThat(Events.faults(lines)).isEmpty();
  }

  @Test
  void aLineThatIsNoEventShows() {
    List<byte[]> lines = new ArrayList<>(Events.lines(Events.BOOT, LineHash.NONE, 3));
    lines.add(1, "# nothing to see".getBytes(UTF_8));

    assertThat(Events.faults(lines))
        .singleElement()
        .asString()
        .startsWith("audit.jsonl:2: not an event");
  }

  @Test
  void aRemovedEndShowsAgainstAHashThatWasKept() {
    List<byte[]> lines = twoRuns();
    String head = LineHash.of(lines.get(lines.size() - 1));

    List<String> heads = List.of(head, LineHash.of(lines.get(3)));

    assertThat(check(heads, lines).faults()).isEmpty();
    assertThat(check(heads, lines.subList(0, lines.size() - 1)).faults())
        .containsExactly("no line has the hash " + head + ": the trail's end is missing");
  }

  @Test
  void aFaultNamesThePlace() {
    List<byte[]> removed = twoRuns();
    removed.remove(4);
    List<byte[]> changed = twoRuns();
    changed.set(4, new String(changed.get(4), UTF_8).replace("here", "near").getBytes(UTF_8));
    List<byte[]> twice = twoRuns();
    twice.add(5, twice.get(4));
    List<byte[]> putIn = twoRuns();
    putIn.add(5, Events.lines(java.util.UUID.randomUUID(), LineHash.NONE, 1).get(0));

    assertThat(Events.faults(removed))
        .containsExactly(
            "audit.jsonl:5: seq 6 behind 4 at audit.jsonl:4: lines are missing between them");
    assertThat(Events.faults(changed))
        .containsExactly(
            "audit.jsonl:5: has been changed: it is not the line that audit.jsonl:6 names");
    assertThat(Events.faults(twice))
        .containsExactly("audit.jsonl:6: seq 5 behind 5 at audit.jsonl:5: out of order");
    assertThat(Events.faults(putIn))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("audit.jsonl:6: a run begins behind nothing");
  }

  @Test
  void aRunOfAnotherHostThatWasPutBetweenTwoShows() {
    List<byte[]> lines = twoRuns();
    lines.addAll(LINES, Events.lines(java.util.UUID.randomUUID(), LineHash.NONE, 3));

    assertThat(Events.faults(lines))
        .hasSize(2)
        .allSatisfy(fault -> assertThat(fault).contains(": a run begins behind "));
  }

  @Test
  void aLineThatNobodyHasFinishedIsNoFaultAtTheEnd() {
    List<byte[]> lines = Events.lines(Events.BOOT, LineHash.NONE, 3);
    byte[] torn = "{\"v\":1,\"time".getBytes(UTF_8);
    TrailCheck check = check(List.of(), lines);
    check.line(
        TrailLine.of(
            Path.of("audit.jsonl"), 4, new LineInput.Line(torn, LineHash.of(torn), false)));

    assertThat(check.faults()).isEmpty();
  }

  @Test
  void trailsOfTwoDirectoriesHaveNothingToDoWithEachOther() {
    TrailCheck check = new TrailCheck();
    List<byte[]> one = Events.lines(Events.BOOT, LineHash.NONE, 2);
    List<byte[]> other = Events.lines(Events.OTHER_BOOT, LineHash.NONE, 2);
    for (int i = 0; i < 2; i++) {
      check.line(Events.line("one/audit.jsonl", i + 1L, one.get(i)));
    }
    for (int i = 0; i < 2; i++) {
      check.line(Events.line("other/audit.jsonl", i + 1L, other.get(i)));
    }

    assertThat(check.faults()).isEmpty();
    assertThat(check.boots()).isEqualTo(2);
  }

  @Test
  void aCopyOfAFileShows() {
    TrailCheck check = new TrailCheck();
    List<byte[]> lines = Events.lines(Events.BOOT, LineHash.NONE, 2);
    check.line(Events.line("one/audit.jsonl", 1, lines.get(0)));
    check.line(Events.line("other/audit.jsonl", 1, lines.get(0)));

    assertThat(check.faults())
        .containsExactly("other/audit.jsonl:1: boot " + Events.BOOT + " begins again");
  }

  private static TrailCheck check(List<String> expected, List<byte[]> lines) {
    TrailCheck check = new TrailCheck(expected);
    for (int i = 0; i < lines.size(); i++) {
      check.line(Events.line("audit.jsonl", i + 1L, lines.get(i)));
    }
    return check;
  }
}
