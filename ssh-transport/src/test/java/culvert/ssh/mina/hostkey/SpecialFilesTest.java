package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.config.HostKeyPolicy;
import culvert.config.SshAlgorithms;
import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.ServerHostKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A known_hosts that would never end, or that others hold, keeps no thread; it fails closed. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpecialFilesTest {
  private static final LookupNames NAMES = LookupNames.of("ftp.example", 22);

  @TempDir Path directory;
  private final AtomicLong nanoTime = new AtomicLong();
  private final HostKeyStore store = new HostKeyStore(Clock.systemUTC(), nanoTime::get);

  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(KnownHostsFile.class);
  private final @Nullable Level before = logger.getLevel();

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(said);
    logger.setLevel(before);
  }

  private long waits() {
    return said.list.stream()
        .filter(event -> event.getFormattedMessage().endsWith(" is locked by others: waiting"))
        .count();
  }

  private Path special(String kind) throws Exception {
    Path file = directory.resolve("known_hosts");
    switch (kind) {
      case "pipe", "linked pipe" -> {
        Path pipe = kind.equals("pipe") ? file : directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        if (!pipe.equals(file)) {
          Files.createSymbolicLink(file, pipe);
        }
      }
      case "device" -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
      default -> Files.createDirectory(file);
    }
    return file;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pipe, a pipe", "linked pipe, a pipe", "device, a device", "dir, a directory"})
  void isSaidAndNobodyIsAccepted(String kind, String words) throws Exception {
    Path file = special(kind);
    String why = words + " (expected: a regular file)";
    ServerHostKey key = new ServerHostKey("ssh-ed25519", Keys.ED25519.base64(), "");

    for (boolean acceptNew : new boolean[] {true, false}) {
      HostKeyPolicy policy = new HostKeyPolicy(acceptNew, List.of(file), Optional.empty(), false);
      String unreadable = "known hosts file " + file + " cannot be read: " + why;
      assertThatThrownBy(() -> store.lookup(policy, NAMES))
          .isInstanceOf(IOException.class)
          .hasMessage(unreadable);
      assertThatThrownBy(
              () ->
                  new MinaHostKeys()
                      .check(
                          policy,
                          new HostKeys.Server(
                              "127.0.0.1", 1, SshAlgorithms.STANDARD, Duration.ofSeconds(5))))
          .isInstanceOf(IOException.class)
          .hasMessage(unreadable);
      assertThatThrownBy(() -> new MinaHostKeys().add(policy, "ftp.example", 22, List.of(key)))
          .isInstanceOf(IOException.class)
          .hasMessage("known hosts file " + file + " cannot be written: " + why);
    }
    assertThatThrownBy(() -> store.accept(List.of(file), NAMES, Keys.ED25519, "client"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> FirstLogin.succeeds(store, List.of(file), NAMES, Keys.ED25519, "client"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void asTheSecondFileToo() throws Exception {
    Path pipe = special("linked pipe");
    Path first = directory.resolve("first");

    assertThatThrownBy(
            () -> FirstLogin.succeeds(store, List.of(first, pipe), NAMES, Keys.RSA, "client"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a pipe");
    assertThat(first).doesNotExist();
  }

  @Test
  void theEmptyDeviceIsEmptyAndKeepsNothingButTheKeyBinds() throws Exception {
    Path nothing = Path.of("/dev/null");
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(nothing), Optional.empty(), false);

    assertThat(FirstLogin.succeeds(store, List.of(nothing), NAMES, Keys.RSA, "client").accepted())
        .isTrue();

    assertThat(store.lookup(policy, NAMES).judge(Keys.ED25519, true).accepted()).isFalse();
  }

  @Test
  void aFileThatAnotherProcessKeepsLockedCountsAsOneThatCannotBeWritten() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\n");
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(file), Optional.empty(), false);
    try (LockHolder holder = LockHolder.of(file)) {
      assertThat(FirstLogin.succeeds(store, List.of(file), NAMES, Keys.RSA, "client").accepted())
          .isTrue();

      assertThat(holder.holds()).isTrue();
      assertThat(file).hasContent("# mine");
      assertThat(store.lookup(policy, NAMES).judge(Keys.ED25519, true).accepted()).isFalse();
    }
    nanoTime.addAndGet(FailedWrites.PERIOD.toNanos());
    assertThat(succeeds(file, NAMES).accepted()).isTrue();
    assertThat(file).hasContent("# mine\nftp.example " + Keys.text("rsa") + "\n");
  }

  private HostKeyVerdict succeeds(Path file, LookupNames names) throws IOException {
    return FirstLogin.succeeds(store, List.of(file), names, Keys.RSA, "client");
  }

  @Test
  void aFileThatWasLockedKeepsNoLoginWaitingForAMinute() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\n");
    try (LockHolder holder = LockHolder.of(file)) {
      assertThat(succeeds(file, NAMES).accepted()).isTrue();
      assertThat(waits()).isPositive();

      said.list.clear();
      for (int i = 0; i < 20; i++) {
        assertThat(succeeds(file, NAMES).accepted()).isTrue();
        assertThat(succeeds(file, LookupNames.of("host" + i, 22)).accepted()).isTrue();
      }
      assertThat(waits()).isZero();
      assertThat(holder.holds()).isTrue();
    }
    assertThat(succeeds(file, NAMES).accepted()).isTrue();
    assertThat(file).as("kept already").hasContent("# mine");
    assertThat(succeeds(file, LookupNames.of("www.example", 22)).accepted()).isTrue();
    assertThat(file).as("new").hasContent("# mine\nwww.example " + Keys.text("rsa") + "\n");
  }
}
