package culvert.proxy.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
  private static final Duration KEEP = Duration.ofDays(400);
  private static final long LARGE = 1 << 20;

  private Instant now = Events.TIME;
  private final InstantSource clock = () -> now;
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("state").resolve("audit.jsonl");
  }

  private AuditFile open(long rotate, UUID boot) throws IOException {
    return AuditFile.open(file, rotate, new OldTrails(KEEP, clock, Runnable::run), boot, clock);
  }

  /** A run of so many events. */
  private void run(UUID boot, long rotate, int count) throws IOException {
    try (AuditFile out = open(rotate, boot)) {
      for (byte[] line : Events.lines(boot, out.lastHash(), count)) {
        now = now.plusMillis(1);
        out.append(line);
      }
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(file.getParent())) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsWrittenIsForItsOwnerAlone() throws Exception {
    run(Events.BOOT, LARGE, 1);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void rootWritesNothingThatTheOwnerCouldNotUse() throws Exception {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    run(Events.BOOT, LARGE, 1);
    Files.delete(file.resolveSibling("audit.lock"));
    UserPrincipal nobody =
        file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    for (Path theirs : List.of(file, file.getParent())) {
      Files.setOwner(theirs, nobody);

      assertThatThrownBy(() -> open(LARGE, Events.OTHER_BOOT))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("it belongs to nobody")
          .hasMessageContaining("sudo -u nobody culvert");
      assertThat(names())
          .containsExactlyElementsOf(Files.exists(file) ? List.of("audit.jsonl") : List.of());
      Files.deleteIfExists(file);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void norIsADirectoryCreatedThatTheOwnerCouldNotUse() throws Exception {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Path theirs = Files.createDirectory(file.getParent());
    file = theirs.resolve("new/below/audit.jsonl");
    Files.setOwner(
        theirs,
        file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertThatThrownBy(() -> open(LARGE, Events.BOOT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(theirs + " belongs to nobody");
    assertThat(theirs).isEmptyDirectory();
  }

  @Test
  void theNextRunGoesOnBehindTheLastOne() throws Exception {
    run(Events.BOOT, LARGE, 3);
    run(Events.OTHER_BOOT, LARGE, 3);

    List<TrailLine> lines = Events.read(file);
    assertThat(lines).hasSize(6);
    assertThat(lines.get(3).text("prev")).contains(LineHash.of(lines.get(2).octets()));
    assertThat(Events.faults(file)).isEmpty();
  }

  @Test
  void aFullFileIsPutAsideAndCompressed() throws Exception {
    run(Events.BOOT, 2_000, 30);
    run(Events.OTHER_BOOT, 2_000, 30);

    assertThat(Events.faults(file)).isEmpty();
    assertThat(Events.read(file)).hasSize(60);
    assertThat(names()).hasSizeGreaterThan(5).contains("audit.jsonl", "audit.lock");
    assertThat(names().stream().filter(name -> !name.startsWith("audit.")))
        .allMatch(name -> name.matches("audit-[0-9]{8}T[0-9]{9}Z\\.jsonl\\.gz"));
  }

  @Test
  void aRunThatFindsAnEmptyFileGoesOnBehindTheOldOne() throws Exception {
    run(Events.BOOT, LARGE, 3);
    Files.move(file, file.resolveSibling("audit-20261130T120000124Z.jsonl"));
    run(Events.OTHER_BOOT, LARGE, 3);

    assertThat(names()).contains("audit-20261130T120000124Z.jsonl.gz");
    assertThat(Events.faults(file)).isEmpty();
    assertThat(Events.read(file).get(3).text("prev")).isNotEqualTo(LineHash.NONE);
  }

  @Test
  void filesGoWhenTheirTimeHasCome() throws Exception {
    run(Events.BOOT, 2_000, 30);
    Path other = file.resolveSibling("audit-" + Events.OTHER_BOOT + ".jsonl");
    Files.writeString(other, "{}\n");
    Files.setLastModifiedTime(other, FileTime.from(now));
    Path notOurs = Files.writeString(file.resolveSibling("audit-notes.jsonl"), "mine\n");
    Files.setLastModifiedTime(notOurs, FileTime.from(now));
    Files.setLastModifiedTime(file, FileTime.from(now));
    now = now.plus(KEEP).plusSeconds(1);
    run(Events.OTHER_BOOT, LARGE, 1);

    assertThat(names()).containsExactly("audit-notes.jsonl", "audit.jsonl", "audit.lock");
    assertThat(Events.faults(file)).isEmpty();
  }

  @Test
  void anotherWriterHasAFileOfItsOwn() throws Exception {
    try (AuditFile first = open(LARGE, Events.BOOT);
        AuditFile second = open(LARGE, Events.OTHER_BOOT)) {
      first.append(Events.lines(Events.BOOT, first.lastHash(), 1).get(0));
      second.append(Events.lines(Events.OTHER_BOOT, second.lastHash(), 1).get(0));

      assertThat(second.name()).endsWith("audit-" + Events.OTHER_BOOT + ".jsonl");
    }
    assertThat(Events.faults(file)).isEmpty();
    assertThat(Events.read(file)).hasSize(2);
  }

  @Test
  void theLockIsGivenBack() throws Exception {
    run(Events.BOOT, LARGE, 1);
    run(Events.OTHER_BOOT, LARGE, 1);

    assertThat(names()).containsExactly("audit.jsonl", "audit.lock");
  }

  @Test
  void aLineThatWasCutOffStaysAndIsBound() throws Exception {
    run(Events.BOOT, LARGE, 3);
    Files.writeString(file, "{\"v\":1,\"ti", StandardOpenOption.APPEND);
    run(Events.OTHER_BOOT, LARGE, 2);

    assertThat(Files.readAllLines(file)).hasSize(6).element(3).isEqualTo("{\"v\":1,\"ti");
    assertThat(Events.faults(file)).isEmpty();
  }

  @Test
  void aFileThatWasMovedAwayIsFollowedByANewOne() throws Exception {
    try (AuditFile out = open(LARGE, Events.BOOT)) {
      List<byte[]> lines = Events.lines(Events.BOOT, out.lastHash(), 4);
      out.append(lines.get(0));
      out.append(lines.get(1));
      out.follow();
      Files.move(file, file.resolveSibling("audit.jsonl.1"));
      out.append(lines.get(2));
      out.follow();
      out.append(lines.get(3));
    }
    Path moved = file.resolveSibling("audit.jsonl.1");
    assertThat(Files.readAllLines(moved)).hasSize(3);
    assertThat(Events.faults(file)).isEmpty();
    assertThat(Events.read(file)).hasSize(4);
  }

  @Test
  void aTrailWhoseFileWasMovedAwayMeanwhileIsGoneOnWith() throws Exception {
    run(Events.BOOT, LARGE, 3);
    Files.move(file, file.resolveSibling("audit.jsonl-20261130"));
    run(Events.OTHER_BOOT, LARGE, 3);

    assertThat(Events.read(file).get(3).text("prev")).isNotEqualTo(LineHash.NONE);
    assertThat(Events.faults(file)).isEmpty();
  }

  @Test
  void aClockThatIsSetBackMovesNothing() throws Exception {
    run(Events.BOOT, 2_000, 12);
    now = now.minus(Duration.ofHours(3));
    run(Events.OTHER_BOOT, 2_000, 12);
    now = now.minus(Duration.ofDays(3));
    run(java.util.UUID.randomUUID(), 2_000, 12);

    assertThat(Events.read(file)).hasSize(36);
    assertThat(Events.faults(file)).isEmpty();
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws Exception {
    run(Events.BOOT, LARGE, 1);
    List<String> others =
        List.of(
            "audit.jsonl.gz",
            "audit.jsonl.1",
            "audit.jsonl.2.gz",
            "audit-20200101.jsonl",
            "audit.jsonl-20200101.gz",
            "audit-notes.jsonl",
            "xaudit-20200101T000000000Z.jsonl",
            "audit-" + Events.OTHER_BOOT + ".jsonl.gz");
    for (String other : others) {
      Path made = Files.writeString(file.resolveSibling(other), "mine\n");
      Files.setLastModifiedTime(made, FileTime.from(now));
    }
    Files.createDirectory(file.resolveSibling("audit-20200102T000000000Z.jsonl"));
    now = now.plus(KEEP).plus(KEEP);
    run(Events.OTHER_BOOT, LARGE, 1);

    assertThat(names()).containsAll(others).contains("audit-20200102T000000000Z.jsonl");
  }

  @Test
  void onlyWhoHoldsTheLockCompresses() throws Exception {
    try (AuditFile first = open(LARGE, Events.BOOT);
        AuditFile second = open(1_000, Events.OTHER_BOOT)) {
      for (byte[] line : Events.lines(Events.OTHER_BOOT, second.lastHash(), 20)) {
        second.append(line);
      }
      assertThat(names()).noneMatch(name -> name.endsWith(".gz"));
      now = now.plus(Duration.ofHours(2));
      first.follow();

      assertThat(names().stream().filter(name -> name.endsWith(".gz"))).hasSizeGreaterThan(2);
    }
    assertThat(Events.faults(file)).isEmpty();
    assertThat(Events.read(file)).hasSize(20);
  }

  @Test
  void oldFilesGoWithoutARestart() throws Exception {
    Files.createDirectories(file.getParent());
    Path old = Files.writeString(file.resolveSibling("audit-20261130T110000000Z.jsonl"), "{}\n");
    try (AuditFile out = open(LARGE, Events.BOOT)) {
      now = now.plus(KEEP);
      out.follow();

      assertThat(old).doesNotExist();
      assertThat(TrailName.compressed(old)).doesNotExist();
    }
  }

  @Test
  void anUnreadableFileOfBeforeKeepsNobodyFromStarting() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file.resolveSibling("audit-20261130T110000000Z.jsonl.gz"), "no gzip");
    run(Events.BOOT, LARGE, 1);

    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void aLongRowOfZerosThatAPowerFailureHasLeftIsBound() throws Exception {
    run(Events.BOOT, LARGE, 2);
    Files.write(file, new byte[5 << 20], StandardOpenOption.APPEND);
    run(Events.OTHER_BOOT, LARGE, 2);

    assertThat(Events.faults(file)).isEmpty();
    assertThat(Files.size(file.resolveSibling("audit.jsonl"))).isPositive();
  }

  @Test
  void aDeletedFileIsFollowedByANewOne() throws Exception {
    try (AuditFile out = open(LARGE, Events.BOOT)) {
      List<byte[]> lines = Events.lines(Events.BOOT, out.lastHash(), 2);
      out.append(lines.get(0));
      Files.delete(file);
      out.follow();
      out.append(lines.get(1));
    }
    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void whatCannotBeWrittenIsSaid() throws Exception {
    Files.createDirectories(file.getParent());
    Files.createDirectory(file);

    assertThatThrownBy(() -> open(LARGE, Events.BOOT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a directory (expected: a regular file)");
    Files.delete(file);
    run(Events.BOOT, LARGE, 1); // the lock was given back
    assertThat(names()).containsExactly("audit.jsonl", "audit.lock");
  }

  @Test
  void longLinesAreFoundAgain() throws Exception {
    byte[] line = ("{\"x\":\"" + "y".repeat(50_000) + "\"}").getBytes(UTF_8);
    try (AuditFile out = open(LARGE, Events.BOOT)) {
      out.append("{}".getBytes(UTF_8));
      out.append(line);
    }
    try (AuditFile out = open(LARGE, Events.BOOT)) {
      assertThat(out.lastHash()).isEqualTo(LineHash.of(line));
    }
  }
}
