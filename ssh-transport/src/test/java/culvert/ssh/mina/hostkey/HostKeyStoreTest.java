package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.config.HostKeyPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is accepted binds, whether or not it can be written down. */
class HostKeyStoreTest {
  /** Not even root can make a file there. */
  private static final Path NOWHERE = Path.of("/proc/culvert-known-hosts");

  private static final LookupNames NAMES = LookupNames.of("ftp.example", 2222);

  @TempDir Path directory;
  private final AtomicLong nanoTime = new AtomicLong();
  private final FailedWrites failures = new FailedWrites(nanoTime::get);
  private final HostKeyStore store = new HostKeyStore(Clock.systemUTC(), nanoTime::get, failures);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(HostKeyStore.class);
  private Path file;

  @BeforeEach
  void listen() {
    file = directory.resolve("known_hosts");
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(said);
  }

  /** The file can be read, as an empty one, and cannot be written. */
  private void unwritable() throws IOException {
    Files.deleteIfExists(file);
    Files.createSymbolicLink(file, NOWHERE);
  }

  private HostKeyVerdict remember(LookupNames names, HostKey key, Path... files)
      throws IOException {
    return FirstLogin.succeeds(store, List.of(files), names, key, "client");
  }

  private HostKeyVerdict accept(LookupNames names, HostKey key, Object client) throws IOException {
    return store.accept(List.of(file), names, key, client).verdict();
  }

  private KnownHost lookup(LookupNames names, boolean acceptNew, Path... files) throws IOException {
    return store.lookup(
        new HostKeyPolicy(acceptNew, List.of(files), Optional.empty(), false), names);
  }

  private HostKeyVerdict judge(LookupNames names, HostKey key, Path... files) throws IOException {
    return lookup(names, true, files).judge(key, true);
  }

  private List<String> warnings() {
    return said.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatCannotBeWrittenBindsAllTheSameAndIsSaidOnce() throws Exception {
    unwritable();

    assertThat(remember(NAMES, Keys.ED25519, file).accepted()).isTrue();
    assertThat(remember(NAMES, Keys.ED25519, file).accepted()).isTrue();

    HostKeyVerdict other = judge(NAMES, Keys.OTHER_ED25519, file);
    assertThat(other).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(other.message())
        .isEqualTo(
            "host key of [ftp.example]:2222 changed (expected %s, accepted before, not in %s; got %s): not sending credentials",
            Keys.ED25519, file, Keys.OTHER_ED25519);
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).as("of another type").isFalse();
    assertThat(remember(NAMES, Keys.RSA, file).accepted()).as("at the last moment").isFalse();
    assertThat(warnings())
        .singleElement()
        .asString()
        .startsWith("host key of [ftp.example]:2222 is new (" + Keys.ED25519 + ") and could not be")
        .contains(file.toString(), "until Culvert ends, no other is accepted");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void otherHostsAndOtherFilesAreNotConcerned() throws Exception {
    unwritable();
    remember(NAMES, Keys.ED25519, file);

    assertThat(judge(LookupNames.of("ftp.example", 22), Keys.RSA, file).accepted()).isTrue();
    assertThat(judge(LookupNames.of("www.example", 2222), Keys.RSA, file).accepted()).isTrue();
    assertThat(judge(NAMES, Keys.RSA, directory.resolve("other")).accepted()).isTrue();
  }

  @ParameterizedTest(name = "through {0}")
  @ValueSource(strings = {"known_hosts", "dir/../known_hosts", "elsewhere/known_hosts"})
  @EnabledOnOs(OS.LINUX)
  void profilesThatNameTheSameFileShareIt(String name) throws Exception {
    unwritable();
    Files.createDirectory(directory.resolve("dir"));
    Files.createSymbolicLink(directory.resolve("elsewhere"), directory);
    Path system = Files.createFile(directory.resolve("system"));
    remember(NAMES, Keys.ED25519, file);

    assertThat(judge(NAMES, Keys.RSA, directory.resolve(name)).accepted()).isFalse();
    assertThat(judge(NAMES, Keys.RSA, system, file).accepted()).as("as a second file").isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aWriteThatSucceedsLaterHandsOverToTheFile() throws Exception {
    unwritable();
    remember(NAMES, Keys.ED25519, file);
    Files.delete(file);

    HostKeyVerdict again = judge(NAMES, Keys.ED25519, file);
    assertThat(again.namesToWrite()).containsExactly("[ftp.example]:2222");
    nanoTime.addAndGet(FailedWrites.PERIOD.toNanos());
    remember(NAMES, Keys.ED25519, file);
    assertThat(Files.readAllLines(file))
        .containsExactly("[ftp.example]:2222 " + Keys.text("ed25519"));
    assertThat(judge(NAMES, Keys.ED25519, file).namesToWrite()).isEmpty();
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();

    Files.writeString(file, "[ftp.example]:2222 " + Keys.text("rsa") + "\n");
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).as("the file alone counts").isTrue();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileThatIsMadeByHandAndSaysOtherwiseMustAgree() throws Exception {
    unwritable();
    remember(NAMES, Keys.ED25519, file);
    Files.delete(file);
    Files.writeString(file, "[ftp.example]:2222 " + Keys.text("rsa") + "\n");

    assertThat(judge(NAMES, Keys.RSA, file).accepted()).as("was not accepted").isFalse();
    assertThat(judge(NAMES, Keys.ED25519, file).accepted()).as("is not in the file").isFalse();

    Files.writeString(
        file,
        "[ftp.example]:2222 %s\n[ftp.example]:2222 %s\n"
            .formatted(Keys.text("rsa"), Keys.text("ed25519")));
    assertThat(judge(NAMES, Keys.ED25519, file).accepted()).isTrue();
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isTrue();
    assertThat(judge(NAMES, Keys.OTHER_RSA, file).accepted()).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aHashedLineCountsAsThatOfItsName() throws Exception {
    String hashed = "|1|Qf7kI0r8UJlqeM0fIMgwYlzo4Ow=|prhDZV3GFxypiIF/361MadfbLhQ= ";
    unwritable();
    remember(NAMES, Keys.ED25519, file);
    Files.delete(file);

    Files.writeString(file, hashed + Keys.text("rsa") + "\n");
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();
    assertThat(judge(NAMES, Keys.ED25519, file).accepted()).isFalse();

    Files.writeString(file, hashed + Keys.text("ed25519") + "\n");
    assertThat(judge(NAMES, Keys.ED25519, file).accepted()).isTrue();
    assertThat(judge(NAMES, Keys.ED25519, file).namesToWrite()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theAlgorithmOfTheAcceptedKeyIsAskedForFirst() throws Exception {
    unwritable();
    remember(NAMES, Keys.RSA, file);

    assertThat(lookup(NAMES, true, file).hasKeyFor("rsa-sha2-512")).isTrue();
    assertThat(lookup(NAMES, true, file).hasKeyFor("ssh-ed25519")).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theAddressIsBoundToo() throws Exception {
    unwritable();
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(file), Optional.empty(), true);
    Optional<InetAddress> address =
        Optional.of(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7}));
    remember(LookupNames.of(policy, "ftp.example", 22, address), Keys.ED25519, file);

    LookupNames other = LookupNames.of(policy, "www.example", 22, address);
    assertThat(judge(other, Keys.RSA, file)).isInstanceOf(HostKeyVerdict.AddressDiffers.class);
    assertThat(judge(other, Keys.ED25519, file).namesToWrite()).contains("www.example");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thereIsRoomForSoManyAndThenNobodyNewIsAccepted() throws Exception {
    unwritable();
    for (int i = 0; i < AcceptedKeys.MAX_UNWRITTEN; i++) {
      FirstLogin.succeeds(store, List.of(file), LookupNames.of("host" + i, 22), Keys.ED25519, i);
    }

    HostKeyVerdict late = remember(NAMES, Keys.ED25519, file);
    assertThat(late.accepted()).isFalse();
    assertThat(late.message())
        .startsWith("host key of [ftp.example]:2222 is unknown (" + Keys.ED25519 + "), and " + file)
        .endsWith("not sending credentials");
    assertThat(remember(LookupNames.of("host0", 22), Keys.ED25519, file).accepted()).isTrue();
    assertThat(judge(LookupNames.of("host0", 22), Keys.RSA, file).accepted()).isFalse();
    assertThat(remember(NAMES, Keys.ED25519, directory.resolve("other")).accepted()).isTrue();
  }

  @Test
  void aFileThatCannotBeReadAnyMoreFailsClosed() throws Exception {
    Files.createDirectory(file);

    assertThatThrownBy(() -> remember(NAMES, Keys.ED25519, file)).isInstanceOf(IOException.class);
  }

  @Test
  void anotherFileThatCannotBeReadAnyMoreIsNamedAndNoFailureOfTheFirst() throws Exception {
    Path second = directory.resolve("second");
    Acceptance acceptance = store.accept(List.of(file, second), NAMES, Keys.ED25519, "client");
    Files.createDirectory(second);

    assertThatThrownBy(() -> store.remember(acceptance))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(second.toString());
    assertThat(failures.contains(file)).isFalse();
    assertThat(warnings()).isEmpty();
    assertThat(file).doesNotExist();

    Files.delete(second);
    assertThat(store.remember(acceptance).accepted()).isTrue();
    assertThat(file).content().contains("[ftp.example]:2222 ");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theFileThatCannotBeWrittenIsTheOneThatHasFailed() throws Exception {
    unwritable();
    Path second = Files.createFile(directory.resolve("second"));

    assertThat(remember(NAMES, Keys.ED25519, file, second).accepted()).isTrue();

    assertThat(failures.contains(file)).isTrue();
    assertThat(failures.contains(second)).isFalse();
    assertThat(warnings()).singleElement().asString().contains(" added to " + file + " (");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsAcceptedByOneProfileIsUnknownToOneThatAcceptsNobody() throws Exception {
    unwritable();
    accept(NAMES, Keys.ED25519, "client");
    assertThat(lookup(NAMES, false, file).judge(Keys.ED25519, false).accepted()).isFalse();

    remember(NAMES, Keys.ED25519, file);
    assertThat(lookup(NAMES, false, file).judge(Keys.ED25519, false).accepted()).isFalse();
  }

  @Test
  void withoutAFileAKeyBindsTheProfilesThatHaveNone() throws Exception {
    assertThat(store.accept(List.of(), NAMES, Keys.ED25519, "client").verdict().accepted())
        .isTrue();
    assertThat(remember(NAMES, Keys.ED25519).accepted()).isTrue();

    assertThat(judge(NAMES, Keys.RSA).accepted()).isFalse();
    assertThat(judge(NAMES, Keys.ED25519).accepted()).isTrue();
    assertThat(warnings()).singleElement().asString().contains("keeps nothing");
  }

  @Test
  void beforeALoginNothingIsWrittenAndTheHostIsBoundAllTheSame() throws Exception {
    assertThat(accept(NAMES, Keys.ED25519, "client").accepted()).isTrue();
    assertThat(file).doesNotExist();

    assertThat(accept(NAMES, Keys.RSA, "client")).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(accept(NAMES, Keys.RSA, "another")).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();
    assertThat(remember(NAMES, Keys.RSA, file).accepted()).isFalse();
    assertThat(Files.exists(file) ? Files.readString(file) : "").isEmpty();

    assertThat(accept(NAMES, Keys.ED25519, "another").accepted()).isTrue();
    assertThat(remember(NAMES, Keys.ED25519, file).accepted()).isTrue();
    assertThat(Files.readAllLines(file))
        .containsExactly("[ftp.example]:2222 " + Keys.text("ed25519"));
    assertThat(warnings()).isEmpty();
  }

  @Test
  void ofTwoAtTheSameMomentOneWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 50; round++) {
        LookupNames names = LookupNames.of("host" + round, 22);
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<Boolean>> running = new ArrayList<>();
        for (HostKey key : List.of(Keys.ED25519, Keys.RSA, Keys.OTHER_ED25519, Keys.OTHER_RSA)) {
          running.add(
              threads.submit(
                  () -> {
                    start.await(60, TimeUnit.SECONDS);
                    return FirstLogin.succeeds(store, List.of(file), names, key, key).accepted();
                  }));
        }
        int winners = 0;
        for (Future<Boolean> one : running) {
          winners += one.get(60, TimeUnit.SECONDS) ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(Files.readAllLines(file)).hasSize(50);
  }

  @Test
  void whatSomebodyWritesByHandGoesBeforeWhatNoLoginHasProved() throws Exception {
    Acceptance before = store.accept(List.of(file), NAMES, Keys.ED25519, "client");
    Files.writeString(file, "[ftp.example]:2222 " + Keys.text("rsa") + "\n");

    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isTrue();
    assertThat(judge(NAMES, Keys.ED25519, file).accepted()).isFalse();
    assertThat(store.remember(before))
        .as("the login of a connection that began before")
        .isInstanceOf(HostKeyVerdict.Changed.class);
  }

  private HostKeyVerdict failedLogin(LookupNames names, HostKey key, Object client)
      throws IOException {
    return FirstLogin.fails(store, List.of(file), names, key, client);
  }

  private static LookupNames host(int number) {
    return LookupNames.of("host" + number, 22);
  }

  @Test
  void whoInventsNamesForgetsOnlyTheirOwn() throws Exception {
    failedLogin(NAMES, Keys.ED25519, "victim");
    for (int i = 0; i < 400; i++) {
      assertThat(failedLogin(host(i), Keys.RSA, "mallory").accepted()).isTrue();
    }

    assertThat(file).doesNotExist();
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();
    assertThat(judge(host(399), Keys.ED25519, file).accepted()).isFalse();
    assertThat(judge(host(0), Keys.ED25519, file).accepted()).as("forgotten").isTrue();
  }

  @Test
  void whoJoinsAHostDoesNotOwnWhatOthersHaveClaimed() throws Exception {
    failedLogin(NAMES, Keys.ED25519, "victim");
    failedLogin(NAMES, Keys.ED25519, "mallory");
    for (int i = 0; i < 2 * AcceptedKeys.MAX_TRIED_OF_CLIENT; i++) {
      failedLogin(host(i), Keys.RSA, "mallory");
    }

    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();
  }

  @Test
  void noHostIsFreedWhileItsLoginGoesOn() throws Exception {
    accept(NAMES, Keys.ED25519, "client");
    for (int i = 0; i < 3 * AcceptedKeys.MAX_TRIED_OF_CLIENT; i++) {
      assertThat(accept(host(i), Keys.ED25519, "client").accepted()).isTrue();
    }

    assertThat(accept(NAMES, Keys.RSA, "client")).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(accept(NAMES, Keys.RSA, "another")).isInstanceOf(HostKeyVerdict.Changed.class);
  }

  @Test
  void whereNobodyIsFreedNobodyElseIsAccepted() throws Exception {
    List<Acceptance> underway = new ArrayList<>();
    for (int i = 0; i < AcceptedKeys.MAX_CLAIMED; i++) {
      underway.add(store.accept(List.of(file), host(i), Keys.ED25519, i));
    }

    HostKeyVerdict late = accept(NAMES, Keys.ED25519, "late");
    assertThat(late.accepted()).isFalse();
    assertThat(late.message())
        .isEqualTo(
            "host key of [ftp.example]:2222 is unknown (%s), and first logins to 1000 other hosts go on: not sending credentials",
            Keys.ED25519);
    assertThat(accept(host(0), Keys.RSA, "late")).isInstanceOf(HostKeyVerdict.Changed.class);

    underway.get(7).loginBegins();
    underway.get(7).end();
    assertThat(accept(NAMES, Keys.ED25519, "late").accepted()).isTrue();
  }

  @Test
  void theConnectionsOfOneClientToOneHostTakeTheRoomOfOne() throws Exception {
    List<Acceptance> underway = new ArrayList<>();
    for (int i = 0; i < AcceptedKeys.MAX_CLAIMED; i++) {
      underway.add(store.accept(List.of(file), host(0), Keys.ED25519, "client"));
    }

    assertThat(accept(NAMES, Keys.ED25519, "late").accepted()).isTrue();

    for (Acceptance acceptance : underway) {
      assertThat(accept(host(0), Keys.RSA, "late")).isInstanceOf(HostKeyVerdict.Changed.class);
      acceptance.end();
      acceptance.end();
    }
    assertThat(accept(host(0), Keys.RSA, "late").accepted()).as("freed by the last").isTrue();
  }

  @Test
  void aLoginThatFailedBindsForAnHourWhicheverConnectionEndsLast() throws Exception {
    Acceptance tried = store.accept(List.of(file), NAMES, Keys.ED25519, "client");
    Acceptance other = store.accept(List.of(file), NAMES, Keys.ED25519, "client");
    tried.loginBegins();
    tried.end();
    other.end();

    assertThat(accept(NAMES, Keys.RSA, "late")).isInstanceOf(HostKeyVerdict.Changed.class);
  }

  /** As they are of another profile's files, this one's first and one behind it. */
  private enum BoundBy {
    A_LOGIN_THAT_GOES_ON,
    A_LOGIN_THAT_FAILED,
    A_LOGIN_WHOSE_KEY_COULD_NOT_BE_WRITTEN
  }

  private void bind(BoundBy by, Path to, LookupNames names, HostKey key) throws IOException {
    switch (by) {
      case A_LOGIN_THAT_GOES_ON ->
          assertThat(store.accept(List.of(to), names, key, "other").verdict().accepted()).isTrue();
      case A_LOGIN_THAT_FAILED -> FirstLogin.fails(store, List.of(to), names, key, "other");
      case A_LOGIN_WHOSE_KEY_COULD_NOT_BE_WRITTEN -> {
        Files.createSymbolicLink(to, Path.of(NOWHERE + "-" + to.getFileName()));
        FirstLogin.succeeds(store, List.of(to), names, key, "other");
      }
    }
  }

  private static LookupNames atOneAddress(String host) throws IOException {
    return LookupNames.of(
        new HostKeyPolicy(true, List.of(), Optional.empty(), true),
        host,
        22,
        Optional.of(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7})));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @EnabledOnOs(OS.LINUX)
  void ofTwoKeysAtOneAddressTheOneThatBindsTheFirstFileCounts(BoundBy by) throws Exception {
    Path second = directory.resolve("second");
    bind(by, file, atOneAddress("one.example"), Keys.ED25519);
    bind(by, second, atOneAddress("two.example"), Keys.RSA);
    List<Path> both = List.of(file, second);

    HostKeyVerdict other =
        store.accept(both, atOneAddress("ftp.example"), Keys.RSA, "client").verdict();
    assertThat(other).isInstanceOf(HostKeyVerdict.AddressDiffers.class);
    assertThat(other.message())
        .isEqualTo(
            "host key of ftp.example differs from that of its address 192.0.2.7 (expected %s, accepted before, not in %s; got %s): not sending credentials",
            Keys.ED25519, file, Keys.RSA);
    Acceptance first = store.accept(both, atOneAddress("ftp.example"), Keys.ED25519, "client");
    assertThat(first.verdict().accepted()).isTrue();
    assertThat(first.hold()).isPresent();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @EnabledOnOs(OS.LINUX)
  void ofTwoKeysOfOneHostTheOneThatBindsTheFirstFileCounts(BoundBy by) throws Exception {
    Path second = directory.resolve("second");
    bind(by, file, NAMES, Keys.ED25519);
    bind(by, second, NAMES, Keys.RSA);
    List<Path> both = List.of(file, second);

    assertThat(store.accept(both, NAMES, Keys.RSA, "client").verdict())
        .isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(store.accept(both, NAMES, Keys.OTHER_RSA, "client").verdict().accepted()).isFalse();
    assertThat(store.accept(both, NAMES, Keys.ED25519, "client").verdict().accepted()).isTrue();
  }

  /** Asks for its hash code between the look at what is known and the claim. */
  @Test
  void whatIsWrittenBetweenTheLookAndTheClaimCounts() throws Exception {
    AtomicBoolean written = new AtomicBoolean();
    Object client =
        new Object() {
          @Override
          public int hashCode() {
            if (!written.getAndSet(true)) {
              try {
                assertThat(remember(NAMES, Keys.RSA, file).accepted()).isTrue();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
            return 1;
          }

          @Override
          public boolean equals(Object other) {
            return this == other;
          }
        };

    assertThat(accept(NAMES, Keys.ED25519, client)).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void aConnectionThatNeverBeganItsLoginBindsNobodyAfterItsEnd() throws Exception {
    Acceptance first = store.accept(List.of(file), NAMES, Keys.ED25519, "client");
    Acceptance second = store.accept(List.of(file), NAMES, Keys.ED25519, "client");
    first.end();
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).as("of the second").isFalse();
    second.end();

    assertThat(accept(NAMES, Keys.RSA, "client").accepted()).isTrue();
  }

  @Test
  void aLoginThatFailedBindsForAWhile() throws Exception {
    failedLogin(NAMES, Keys.ED25519, "client");
    nanoTime.addAndGet(AcceptedKeys.TRIED_BINDS.toNanos() - 1);
    assertThat(accept(NAMES, Keys.RSA, "client")).isInstanceOf(HostKeyVerdict.Changed.class);

    nanoTime.incrementAndGet();
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isTrue();
    assertThat(accept(NAMES, Keys.RSA, "client").accepted()).isTrue();
  }

  @Test
  void aLoginThatGoesOnForLongBindsUntilItsEnd() throws Exception {
    accept(NAMES, Keys.ED25519, "client");
    nanoTime.addAndGet(2 * AcceptedKeys.TRIED_BINDS.toNanos());

    assertThat(accept(NAMES, Keys.RSA, "client")).isInstanceOf(HostKeyVerdict.Changed.class);
  }

  @Test
  void eachClientBringsSoManyNewHostsADay() throws Exception {
    for (int i = 0; i < NewNames.MAX_OF_CLIENT; i++) {
      assertThat(
              FirstLogin.succeeds(store, List.of(file), host(i), Keys.ED25519, "busy").accepted())
          .isTrue();
    }

    HostKeyVerdict tooMany = accept(NAMES, Keys.ED25519, "busy");
    assertThat(tooMany.accepted()).isFalse();
    assertThat(tooMany.message())
        .isEqualTo(
            "host key of [ftp.example]:2222 is unknown (%s), and its client has brought 256 new hosts within 24 h: not sending credentials",
            Keys.ED25519);
    assertThat(accept(host(7), Keys.ED25519, "busy").accepted()).as("who is known").isTrue();
    assertThat(Files.readAllLines(file)).hasSize(NewNames.MAX_OF_CLIENT);

    assertThat(accept(NAMES, Keys.ED25519, "another").accepted()).isTrue();
    nanoTime.addAndGet(NewNames.PERIOD.toNanos());
    assertThat(accept(LookupNames.of("www.example", 22), Keys.ED25519, "busy").accepted()).isTrue();
  }

  @Test
  void aHostCountsOnceWithItsAddress() throws Exception {
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(file), Optional.empty(), true);
    for (int i = 0; i < NewNames.MAX_OF_CLIENT; i++) {
      InetAddress address = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) i});
      LookupNames names = LookupNames.of(policy, "host" + i, 22, Optional.of(address));
      assertThat(FirstLogin.succeeds(store, List.of(file), names, Keys.ED25519, "busy").accepted())
          .isTrue();
    }
    assertThat(Files.readAllLines(file)).hasSize(NewNames.MAX_OF_CLIENT);
    assertThat(accept(NAMES, Keys.ED25519, "busy")).isInstanceOf(HostKeyVerdict.TooManyNew.class);
  }

  @Test
  void whoHasNoPlaceLeftIsRefusedBeforeTheLogin() throws Exception {
    List<Acceptance> underway = new ArrayList<>();
    for (int i = 0; i < NewNames.MAX_OF_CLIENT; i++) {
      underway.add(store.accept(List.of(file), host(i), Keys.ED25519, "busy"));
    }

    assertThat(accept(NAMES, Keys.ED25519, "busy")).isInstanceOf(HostKeyVerdict.TooManyNew.class);
    assertThat(accept(host(7), Keys.ED25519, "busy").accepted())
        .as("another connection to a host that counts already")
        .isTrue();
    for (Acceptance one : underway) {
      assertThat(store.remember(one).accepted()).isTrue();
    }
    assertThat(Files.readAllLines(file)).hasSize(NewNames.MAX_OF_CLIENT);
  }

  @Test
  void aLoginThatFailsLeavesItsPlaceToOthers() throws Exception {
    List<Acceptance> underway = new ArrayList<>();
    for (int i = 0; i < NewNames.MAX_OF_CLIENT; i++) {
      underway.add(store.accept(List.of(file), host(i), Keys.ED25519, "busy"));
    }
    underway.get(0).end();
    underway.get(0).end();

    assertThat(accept(NAMES, Keys.ED25519, "busy").accepted()).isTrue();
    assertThat(accept(LookupNames.of("www.example", 22), Keys.ED25519, "busy").accepted())
        .isFalse();
  }

  @Test
  void whoHangsUpBeforeTheNameIsWrittenHasBroughtItAllTheSame() throws Exception {
    for (int i = 0; i < NewNames.MAX_OF_CLIENT; i++) {
      Acceptance acceptance = store.accept(List.of(file), host(i), Keys.ED25519, "busy");
      acceptance.loginBegins();
      acceptance.end();
      assertThat(store.remember(acceptance).accepted()).isTrue();
    }

    assertThat(accept(NAMES, Keys.ED25519, "busy")).isInstanceOf(HostKeyVerdict.TooManyNew.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aKeyBindsWhenALinkOnTheWayToItsFileIsRepointed() throws Exception {
    Path data = directory.resolve("..data");
    for (String version : List.of("..2026_1", "..2026_2")) {
      Path volume = Files.createDirectory(directory.resolve(version));
      Files.createSymbolicLink(volume.resolve("known_hosts"), Path.of(NOWHERE + version));
    }
    Files.createSymbolicLink(data, Path.of("..2026_1"));
    Files.createSymbolicLink(file, Path.of("..data/known_hosts"));
    assertThat(remember(NAMES, Keys.ED25519, file).accepted()).isTrue();

    Files.delete(data);
    Files.createSymbolicLink(data, Path.of("..2026_2"));

    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();
    assertThat(accept(NAMES, Keys.RSA, "client").accepted()).isFalse();
  }

  @Test
  void aLineThatCannotBeReadAnyMoreLosesNoKeyWhoseLoginHasSucceeded() throws Exception {
    Acceptance acceptance = store.accept(List.of(file), NAMES, Keys.ED25519, "client");
    acceptance.loginBegins();
    Files.writeString(file, "cut\n");
    assertThat(store.remember(acceptance).accepted()).isTrue();
    acceptance.end();

    Files.writeString(file, "");
    assertThat(judge(NAMES, Keys.RSA, file).accepted()).isFalse();
    assertThat(judge(NAMES, Keys.ED25519, file).accepted()).isTrue();
  }
}
