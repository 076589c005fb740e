package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Endpoint;
import culvert.proxy.capture.FakeCaptureHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureCommandTest {
  /** An nft that keeps what it is given as its table, line by line. */
  private static final String NFT =
      """
      cd "$(dirname "$0")" || exit 1
      case "$*" in
        "-f -")
          cat >given
          if grep -q '^delete' given; then rm -f table; else cp given table; fi ;;
        "list table inet culvert_keep") echo "Error: No such file or directory" >&2; exit 1 ;;
        "list table inet culvert")
          [ -e table ] || { echo "Error: No such file or directory" >&2; exit 1; }
          for chain in $(sed -n "s/^add chain inet culvert \\\\([a-z]*\\\\).*/\\\\1/p" table); do
            printf '\\tchain %s {\\n' $chain
            sed -n "s/^add rule inet culvert $chain /\\t\\t/p" table
            printf '\\t}\\n'
          done ;;
        "list table "*) echo "Error: No such file or directory" >&2; exit 1 ;;
        *) exit 9 ;;
      esac
      """;

  private static final String CLOSED =
      "listeners: [{ redirect: 218 }]\ncapture: { users: batch }\n";

  @TempDir private Path directory;
  private CommandLineRun run;
  private FakeCaptureHost host;

  @BeforeEach
  void begin() throws IOException {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    host = new FakeCaptureHost().with("batch", 1001).withNft(bin, NFT);
    run = new CommandLineRun(directory).withCaptureHost(host);
    config(CLOSED);
  }

  private void config(String yaml) throws IOException {
    Files.writeString(directory.resolve("c.yaml"), yaml);
  }

  private int capture(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "capture";
    all[1] = "-c";
    all[2] = directory.resolve("c.yaml").toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return run.execute(all);
  }

  @Test
  void whatIsPrintedIsWhatIsLoaded() throws IOException {
    assertThat(capture("--print")).isZero();
    assertThat(capture("--apply")).isZero();

    assertThat(run.out())
        .startsWith("add table inet culvert\n")
        .isEqualTo(Files.readString(directory.resolve("bin/given")));
    assertThat(run.err()).contains("culvert: table inet culvert is loaded");
  }

  @Test
  void checkTellsWhetherItIsLoadedAsItWouldBeNow() throws IOException {
    assertThat(capture("--check")).isEqualTo(1);
    assertThat(run.out()).isEqualTo("table inet culvert is not loaded: nobody is captured\n");

    assertThat(capture("--apply")).isZero();
    assertThat(capture("--check")).isZero();
    assertThat(run.out()).endsWith("ok\n");

    assertThat(capture("--check", "--run-as", "77")).isEqualTo(1);
    assertThat(run.out())
        .contains("for another user than 77 (expected: culvert capture --apply; or --run-as with");
    host.with("batch", 1002);
    assertThat(capture("--check")).isEqualTo(1);
    assertThat(run.out()).contains("is not as this configuration has it now");
  }

  @Test
  void removeNeedsNoConfigurationAndNoTable() throws IOException {
    config("nonsense: [");
    assertThat(capture("--remove")).isZero();
    assertThat(run.err()).contains("table inet culvert is not loaded");

    config(CLOSED);
    assertThat(capture("--apply")).isZero();
    assertThat(capture("--remove")).isZero();
    assertThat(run.err()).contains("table inet culvert is removed");
    assertThat(Files.readString(directory.resolve("bin/given")))
        .isEqualTo(
            """
            delete table inet culvert
            add table inet culvert_answers
            delete table inet culvert_answers
            add table inet culvert_sessions
            delete table inet culvert_sessions
            """);
  }

  @Test
  void whatARunningCulvertLoadsNobodyElseDoes() throws IOException {
    config("listeners: [{ redirect: 2180 }]\ncapture: { users: batch, on-crash: open }\n");

    assertThat(capture("--apply")).isEqualTo(2);

    assertThat(run.err()).contains("on-crash: open: the table is loaded by the running Culvert");
    assertThat(directory.resolve("bin/given")).doesNotExist();
  }

  @Test
  void whereOthersMayListenAtThePortNothingIsLoaded() {
    host.withLimit(80);

    assertThat(capture("--apply")).isEqualTo(2);

    assertThat(run.err()).contains("anybody can listen at port 218");
    assertThat(directory.resolve("bin/given")).doesNotExist();
  }

  @Test
  void aPortThatSystemdIsToHoldHasToBeHeldAlready() throws IOException {
    config("listeners: [{ redirect: 2180, systemd-socket: true }]\ncapture: { users: batch }\n");
    assertThat(capture("--print")).isZero();
    assertThat(capture("--apply")).isEqualTo(2);
    assertThat(run.err()).contains("systemd has no socket at 127.0.0.1:2180");
    assertThat(directory.resolve("bin/given")).doesNotExist();

    host.holding(new Endpoint("127.0.0.1", 2180));
    assertThat(capture("--apply")).isZero();
    assertThat(directory.resolve("bin/given")).exists();
  }

  @Test
  void culvertsOwnUserIsRefused() throws IOException {
    assertThat(capture("--apply", "--run-as", "batch")).isEqualTo(2);

    assertThat(run.err()).contains("user 1001 is to be captured, and is the one that Culvert runs");
    assertThat(directory.resolve("bin/given")).doesNotExist();
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    config("listeners: [{ redirect: 218 }]\ncapture: { users: [batch, bob], cgroups: a.slice }\n");

    assertThat(capture("--apply")).isZero();
    assertThat(run.err())
        .contains("culvert: warning: users: there is no bob")
        .contains("culvert: warning: cgroups: there is no cgroup a.slice");
  }

  @Test
  void whatNftSaysIsPassedOn() throws IOException {
    host.withNft(directory.resolve("bin"), "echo 'Error: No space left on device' >&2; exit 1\n");

    assertThat(capture("--apply")).isEqualTo(1);
    assertThat(run.err()).contains("culvert: nft: Error: No space left on device");
  }

  @Test
  void withoutTheSectionOrAWordOfWhatToDoItIsWrongUsage() throws IOException {
    assertThat(capture()).isEqualTo(2);
    assertThat(capture("--apply", "--remove")).isEqualTo(2);
    assertThat(capture("--apply", "--run-as", "nobody-here")).isEqualTo(2);
    config("listeners: [{ redirect: 218 }]\n");
    assertThat(capture("--print")).isEqualTo(2);
    assertThat(run.err()).contains("no section capture in");
  }
}
