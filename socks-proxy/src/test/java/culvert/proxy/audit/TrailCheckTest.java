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

    assertThat(check(head, lines).faults()).isEmpty();
    assertThat(check(head, lines.subList(0, lines.size() - 1)).faults())
        .containsExactly("no line has the hash " + head + ": the trail's end is missing");
  }

  @Test
  void theHeadIsTheLastLinesHash() {
    List<byte[]> lines = twoRuns();

    assertThat(check(null, lines).head()).contains(LineHash.of(lines.get(lines.size() - 1)));
    assertThat(check(null, List.of()).head()).isEmpty();
  }

  private static TrailCheck check(
      @org.jspecify.annotations.Nullable String expected, List<byte[]> lines) {
    TrailCheck check = new TrailCheck(expected);
    for (int i = 0; i < lines.size(); i++) {
      check.line(TrailLine.of(Path.of("audit.jsonl"), i + 1L, lines.get(i)));
    }
    return check;
  }
}
