package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert pins} and {@code culvert unpin}. */
@ExtendWith(RestoreLogging.class)
class PinsCommandTest {
  private static final String FIRST = "ftp.example:21 2026-01-02T03:04:05Z gate:22";
  private static final String SECOND = "ftp.example:2121 2026-01-02T03:04:06Z gate:22";
  private static final String THIRD = "[2001:db8::1]:21 2026-01-02T03:04:07Z gate:22";

  @TempDir private Path directory;
  private CommandLineRun culvert;
  private Path file;

  @BeforeEach
  void freshRun() throws IOException {
    culvert = new CommandLineRun(directory);
    Path state = directory.resolve("state");
    file = state.resolve("pins");
    Files.writeString(directory.resolve("culvert.yaml"), "state-directory: " + state + "\n");
  }

  @Test
  void withoutAnyNothingIsListedAndNothingCreated() {
    assertThat(culvert.execute("pins", "-c", config())).isZero();

    assertThat(culvert.out()).isEmpty();
    assertThat(culvert.err()).isEmpty();
    assertThat(file.getParent()).doesNotExist();
  }

  @Test
  void pinsAreListedAsTheyAreWritten() throws IOException {
    write("# a comment", FIRST, "", SECOND);

    assertThat(culvert.execute("pins", "-c", config())).isZero();

    assertThat(culvert.outLines()).containsExactly(FIRST, SECOND);
  }

  @Test
  void aLineThatIsNoneIsNamedAndFails() throws IOException {
    write(FIRST, "what is this");

    assertThat(culvert.execute("pins", "-c", config())).isEqualTo(1);

    assertThat(culvert.outLines()).containsExactly(FIRST);
    assertThat(culvert.err())
        .isEqualTo(
            "culvert: "
                + file
                + ":2: 'what is this' (expected: HOST:PORT DATE SSH-SERVER [RULE], or RULE DATE"
                + " SSH-SERVER, where RULE is rule=NAME,target=HOST:PORT; or # a comment)\n");
  }

  @Test
  void whereTheAuditTrailCannotBeToldNothingIsUnpinned() throws IOException {
    write(FIRST, SECOND);
    Files.createDirectory(file.resolveSibling("audit.jsonl"));

    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("audit.jsonl cannot be written");
    assertThat(culvert.out()).isEmpty();
    assertThat(Files.readAllLines(file)).containsExactly(FIRST, SECOND);
  }

  @Test
  void severalAreUnpinnedAtOnceInAnySpelling() throws IOException {
    write("# a comment", FIRST, SECOND, THIRD, "kept as it is");

    assertThat(culvert.execute("unpin", "-c", config(), "FTP.Example.", "2001:DB8:0::1")).isZero();

    assertThat(culvert.outLines())
        .containsExactly("unpinned ftp.example:21", "unpinned [2001:db8::1]:21");
    assertThat(Files.readAllLines(file)).containsExactly("# a comment", SECOND, "kept as it is");
    assertThat(culvert.err()).contains(file + ":5: 'kept as it is'");
  }

  @Test
  void aRuleIsUnpinnedByWhatTheProxyNames() throws IOException {
    String named = "x.example:21 2026-01-02T03:04:05Z gate:22 rule=old+jobs,target=ftp.internal:21";
    write(named, "rule=old+jobs,target=ftp.internal:21 2026-01-02T03:04:05Z gate:22");

    assertThat(culvert.execute("unpin", "-c", config(), "rule=old+jobs,target=ftp.internal:21"))
        .isZero();
    assertThat(culvert.outLines()).containsExactly("unpinned rule=old+jobs,target=ftp.internal:21");
    assertThat(Files.readAllLines(file)).containsExactly(named);

    assertThat(culvert.execute("unpin", "--help")).isZero();
    assertThat(culvert.out()).contains("rule=NAME,target=HOST:PORT");
    assertThat(culvert.execute("unpin", "-c", config(), "rule=old jobs")).isEqualTo(2);
    assertThat(culvert.err()).contains("rule=old jobs (expected: rule=NAME,target=HOST:PORT");
  }

  @Test
  void whatIsNotPinnedIsSaidToBeSoAndTheOthersGo() throws IOException {
    write(SECOND, THIRD);

    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example", "[2001:db8::1]:21"))
        .isEqualTo(1);

    assertThat(culvert.outLines()).containsExactly("unpinned [2001:db8::1]:21");
    assertThat(culvert.err())
        .isEqualTo("culvert: ftp.example:21 is not pinned (pinned: ftp.example:2121)\n");
    assertThat(Files.readAllLines(file)).containsExactly(SECOND);
  }

  @Test
  void withoutAStateDirectoryNothingIsPinned() {
    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example")).isEqualTo(1);

    assertThat(culvert.err())
        .isEqualTo("culvert: nothing is pinned: no " + file.getParent() + "\n");
    assertThat(file.getParent()).doesNotExist();
  }

  @Test
  void whatIsNoDestinationIsWrongUsage() throws IOException {
    write(FIRST);

    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example", "x:y")).isEqualTo(2);
    assertThat(culvert.execute("unpin", "-c", config())).isEqualTo(2);

    assertThat(Files.readAllLines(file)).containsExactly(FIRST);
  }

  @Test
  void checkWarnsOfAStateDirectoryThatCannotBe() throws IOException {
    Files.writeString(directory.resolve("state"), "in the way");

    assertThat(culvert.execute("check", "-c", config())).isZero();

    assertThat(culvert.outLines())
        .hasSize(2)
        .contains("ok")
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(config() + ": warning: state-directory: ")
                    .contains("pin-tunnelled: false and audit: off need none"));
  }

  @Test
  void checkWantsAStateDirectoryForATrailToo() throws IOException {
    Path state = directory.resolve("state");
    Files.writeString(state, "in the way");
    Path config = directory.resolve("culvert.yaml");
    String pinsOff = "state-directory: " + state + "\npin-tunnelled: false\n";

    Files.writeString(config, pinsOff);
    assertThat(culvert.execute("check", "-c", config())).isZero();
    assertThat(culvert.out()).contains("warning: state-directory: ");
    Files.writeString(config, pinsOff + "audit: off\n");
    culvert = new CommandLineRun(directory);
    assertThat(culvert.execute("check", "-c", config())).isZero();
    assertThat(culvert.outLines()).containsExactly("ok");
  }

  @Test
  void whatWasUnpinnedIsInTheAuditTrail() throws IOException {
    write(FIRST, SECOND);

    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example")).isZero();

    assertThat(culvert.execute("audit", "-c", config(), "--json")).isZero();
    assertThat(culvert.out()).contains("\"event\":\"unpinned\"", "\"pins\":[\"ftp.example:21\"]");
    assertThat(culvert.execute("audit", "verify", "-c", config())).isZero();
  }

  @Test
  void whatTheTrailCannotBeToldIsNotUnpinned() throws IOException {
    write(FIRST, SECOND);
    Path inTheWay = Files.createDirectories(file.resolveSibling("audit.jsonl"));

    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example")).isEqualTo(1);

    assertThat(Files.readAllLines(file)).containsExactly(FIRST, SECOND);
    assertThat(culvert.out()).isEmpty();
    assertThat(culvert.err()).contains("audit: " + inTheWay + " cannot be written: ");
  }

  @Test
  void whatCannotBeTakenOutIsPinnedInTheTrailToo() throws IOException {
    write(FIRST, SECOND);
    Files.createDirectories(file.resolveSibling("pins.new").resolve("in the way"));

    assertThat(culvert.execute("unpin", "-c", config(), "ftp.example")).isEqualTo(1);

    assertThat(Files.readAllLines(file)).containsExactly(FIRST, SECOND);
    assertThat(culvert.err()).contains("pins: " + file + " cannot be written: ");
    assertThat(culvert.execute("audit", "-c", config(), "--json")).isZero();
    assertThat(culvert.out())
        .containsSubsequence(
            "\"event\":\"unpinned\"", "[\"ftp.example:21\"]",
            "\"event\":\"pinned\"", "[\"ftp.example:21\"]");
    assertThat(culvert.execute("audit", "verify", "-c", config())).isZero();
  }

  private void write(String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, java.util.List.of(lines));
  }

  private String config() {
    return directory.resolve("culvert.yaml").toString();
  }

  @Test
  void whoNamesNoConfigurationIsToldWhatWasLookedAt() throws IOException {
    write(FIRST);
    String where = "culvert: " + file + ", as " + config() + " says\n";

    assertThat(culvert.execute("pins")).isZero();
    assertThat(culvert.err()).isEqualTo(where);
    assertThat(culvert.execute("unpin", "other.example")).isEqualTo(1);
    assertThat(culvert.err())
        .isEqualTo(where + where + "culvert: other.example:21 is not pinned\n");
  }
}
