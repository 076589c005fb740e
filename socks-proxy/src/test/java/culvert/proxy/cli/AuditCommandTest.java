package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuditSettings;
import culvert.proxy.audit.AuditCode;
import culvert.proxy.audit.AuditEvent;
import culvert.proxy.audit.AuditTrail;
import culvert.proxy.event.Stories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert audit}. */
@ExtendWith(RestoreLogging.class)
class AuditCommandTest {
  @TempDir private Path directory;
  private CommandLineRun culvert;
  private Path file;

  @BeforeEach
  void freshRun() throws IOException {
    culvert = new CommandLineRun(directory);
    file = directory.resolve("state").resolve("audit.jsonl");
    Files.writeString(
        directory.resolve("culvert.yaml"), "state-directory: " + file.getParent() + "\n");
  }

  private String config() {
    return directory.resolve("culvert.yaml").toString();
  }

  private void write(AuditEvent... events) throws IOException {
    AuditSettings settings =
        new AuditSettings(file, 1L << 30, Duration.ofDays(1), true, AuditSettings.OnFull.BLOCK);
    try (AuditTrail trail = AuditTrail.open(settings, Stories.newBoot())) {
      trail.record(new AuditEvent(AuditCode.START, Instant.now(), Map.of("config", "0")));
      List.of(events).forEach(trail::record);
    }
  }

  private static AuditEvent job(String time, String route, String why, String user, long down) {
    return new AuditEvent(
        AuditCode.JOB_ENDED,
        Instant.parse(time),
        Map.of(
            "job",
            "j1",
            "route",
            route,
            "why",
            why,
            "outcome",
            "ok",
            "client",
            Map.of("os_user", user, "program", "curl"),
            "destination",
            Map.of("asked", "ftp.example:21"),
            "files",
            Map.of("up", 0, "down", 1),
            "bytes",
            Map.of("up", 0, "down", down)));
  }

  private void writeThree() throws IOException {
    write(
        job("2026-11-28T12:00:00Z", "plaintext", "unreachable", "joe", 100),
        job("2026-11-29T12:00:00Z", "ssh", "", "joe", 1_000),
        job("2026-11-30T12:00:00Z", "plaintext", "rule", "eve", 10));
  }

  @Test
  void jobsAreListedAndAddedUpByRoute() throws IOException {
    writeThree();

    assertThat(culvert.execute("audit", "-c", config())).isZero();

    List<String> lines = culvert.outLines();
    assertThat(lines).hasSize(9);
    assertThat(lines.get(1))
        .isEqualTo(
            "2026-11-28T12:00:00.000Z job.ended plaintext (unreachable) user=joe program=curl"
                + " destination=ftp.example:21 files-up=0 files-down=1 bytes-up=0 bytes-down=100"
                + " outcome=ok job=j1");
    assertThat(lines.get(6)).matches("plaintext +rule +1 +0 +0 +1 +0 +10");
    assertThat(lines.get(7)).matches("plaintext +unreachable +1 +0 +0 +1 +0 +100");
    assertThat(lines.get(8)).matches("ssh +1 +0 +0 +1 +0 +1000");
  }

  @Test
  void hostKeysAndPinsAreTold() throws IOException {
    Files.createDirectories(file.getParent());
    String line = "{\"v\":1,\"time\":\"2026-11-28T12:00:00.000Z\",\"event\":";
    Files.writeString(
        file,
        line
            + "\"hostkey.new\",\"ssh\":{\"server\":\"a.example:22\",\"host_key\":\"ssh-rsa SHA256:x\"}}\n"
            + line
            + "\"pinned\",\"pins\":[\"a.example:21\",\"b.example:21\"]}\n");

    assertThat(culvert.execute("audit", file.toString())).isZero();

    assertThat(culvert.outLines())
        .startsWith(
            "2026-11-28T12:00:00.000Z hostkey.new server=a.example:22"
                + " host-key=\"ssh-rsa SHA256:x\"",
            "2026-11-28T12:00:00.000Z pinned pins=\"[a.example:21, b.example:21]\"");
  }

  @Test
  void whatIsNotAskedForIsLeftOut() throws IOException {
    writeThree();

    assertThat(
            culvert.execute(
                "audit",
                "-c",
                config(),
                "--route",
                "plaintext",
                "--since",
                "2026-11-29T00:00:00Z",
                "--by",
                "user,program"))
        .isZero();

    assertThat(culvert.outLines()).hasSize(2);
    assertThat(culvert.outLines().get(0)).startsWith("route      why   user  program");
    assertThat(culvert.outLines().get(1)).matches("plaintext +rule +eve +curl +1 +0 +0 +1 +0 +10");
  }

  @Test
  void jsonIsOneArray() throws IOException {
    writeThree();

    assertThat(culvert.execute("audit", "-c", config(), "--json", "--until", "2026-11-29"))
        .isZero();
    assertThat(culvert.out()).startsWith("[\n{\"v\":1,").endsWith("}\n]\n").contains("\"seq\":2");

    assertThat(culvert.execute("audit", "-c", config(), "--json", "--by", "user")).isZero();
    assertThat(culvert.out())
        .contains(
            "{\"route\":\"ssh\",\"user\":\"joe\",\"jobs\":1,\"not_ok\":0,\"files\":{\"up\":0,\"down\":1},\"bytes\":{\"up\":0,\"down\":1000}}");
  }

  @Test
  void aWholeTrailVerifiesAndAChangedOneNamesThePlace() throws IOException {
    writeThree();

    assertThat(culvert.execute("audit", "verify", "-c", config())).isZero();
    assertThat(culvert.out()).startsWith("ok: 4 lines of 1 runs in 1 files");

    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(1, lines.get(1).replace("curl", "lftp"));
    Files.write(file, lines);
    assertThat(culvert.execute("audit", "verify", "-c", config())).isEqualTo(1);
    assertThat(culvert.out()).contains(file + ":2: has been changed");
  }

  @Test
  void aRemovedEndShowsAgainstTheHead() throws IOException {
    writeThree();
    assertThat(culvert.execute("audit", "head", "-c", config())).isZero();
    String head = culvert.outLines().get(0);
    assertThat(head).matches("[0-9a-f]{64}");
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(0, 3));

    assertThat(culvert.execute("audit", "verify", "-c", config())).isZero();
    assertThat(culvert.execute("audit", "verify", "-c", config(), "--head", head)).isEqualTo(1);
    assertThat(culvert.out()).contains("the trail's end is missing");
  }

  @Test
  void filesCanBeNamedAndNeedNoConfiguration() throws IOException {
    writeThree();

    assertThat(culvert.execute("audit", "--by", "destination", file.toString())).isZero();
    assertThat(culvert.out()).contains("ftp.example:21");
  }

  @Test
  void whereNoneIsKeptThatIsSaid() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), "audit: off\n");

    assertThat(culvert.execute("audit", "-c", config())).isEqualTo(1);
    assertThat(culvert.err()).contains("audit: off: no trail is kept (expected: FILE...)");
  }

  @Test
  void whereNoTrailIsThatIsSaidAndItIsNotWhole() throws IOException {
    String missing = "culvert: no audit trail: " + file + " is not there";

    assertThat(culvert.execute("audit", "-c", config())).isZero();
    assertThat(culvert.outLines()).hasSize(1);
    assertThat(culvert.err()).isEqualTo(missing + System.lineSeparator());
    assertThat(culvert.execute("audit", "head", "-c", config())).isEqualTo(1);
    assertThat(culvert.execute("audit", "verify", "-c", config())).isEqualTo(1);
    assertThat(culvert.out()).contains("not whole: 0 lines").doesNotContain("ok: ");

    Files.createDirectories(file.getParent());
    Files.createFile(file);
    assertThat(culvert.execute("audit", "verify", "-c", config())).isZero();
  }

  @Test
  void withoutAConfigurationThatWasNamedTheFileIsTold() throws IOException {
    writeThree();

    assertThat(culvert.execute("audit")).isZero();
    assertThat(culvert.err()).isEqualTo("culvert: " + file + ", as " + config() + " says\n");
  }

  @Test
  void aFileThatIsNotThereIsNamedWithWhatIsWrong() {
    Path missing = directory.resolve("missing.jsonl");

    assertThat(culvert.execute("audit", missing.toString())).isEqualTo(1);
    assertThat(culvert.err()).contains("culvert: " + missing + ": no such file");
  }

  @Test
  void aDirectoryThatIsNoneIsNoEmptyTrail() throws IOException {
    Files.writeString(file.getParent(), "a file");

    assertThat(culvert.execute("audit", "-c", config())).isEqualTo(1);
    assertThat(culvert.err()).contains("culvert: " + file.getParent() + ": not a directory");
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    assertThat(culvert.execute("audit", "-c", config(), "--since", "yesterday")).isEqualTo(2);
    assertThat(culvert.err()).contains("'yesterday' (expected: 2026-11-30,");
  }

  @Test
  void noNameOfAFileLooksLikeAnotherField() throws IOException {
    write(
        new AuditEvent(
            AuditCode.TRANSFER_ENDED,
            Instant.parse("2026-11-30T12:00:00Z"),
            Map.of(
                "route", "ssh", "ftp", Map.of("path", "a\" outcome=ok job=\"b"), "outcome", "x")));

    assertThat(culvert.execute("audit", "-c", config())).isZero();
    assertThat(culvert.outLines().get(1))
        .endsWith(" path=\"a\\\" outcome=ok job=\\\"b\" outcome=x");
  }
}
