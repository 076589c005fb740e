package culvert.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.ssh.SshTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BegunTest {
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private final List<String> ended = new ArrayList<>();
  private final Begun begun = new Begun();

  @Test
  void whatWasBegunLastEndsFirstAndOnce() {
    assertThat(begun.add("loops", ended::add)).isEqualTo("loops");
    begun.add("ssh", ended::add);

    begun.close();
    begun.close();

    assertThat(ended).containsExactly("ssh", "loops");
  }

  @Test
  void anEndThatFailsKeepsNoOtherFromItsOwn() {
    begun.add("loops", ended::add);
    begun.add(
        "ssh",
        name -> {
          throw new IllegalStateException("for the test");
        });

    begun.close();

    assertThat(ended).containsExactly("loops");
  }

  @Test
  void aDaemonThatCannotBeMadeLeavesNothingRunning() throws Exception {
    List<ExecutorService> pools = new ArrayList<>();
    SshTransport ssh = mock(SshTransport.class);
    DaemonParts parts =
        new DaemonParts(
            (transport, resolver, blocking, limits, hostKeys, outgoing) -> {
              pools.add((ExecutorService) blocking);
              return ssh;
            },
            (upstreams, relay, listeners, active, captured, controlPorts) -> {
              throw new IllegalStateException("for the test");
            },
            InetAddress::getAllByName);

    assertThatThrownBy(() -> ProxyDaemon.start(config(), parts)).hasMessage("for the test");

    verify(ssh).close();
    assertThat(pools).singleElement().satisfies(pool -> assertThat(pool.isShutdown()).isTrue());
  }

  @Test
  void aDaemonWithoutSshLeavesNoEventLoopBehind() throws Exception {
    assumeThat(OPEN_FILES).isDirectory();
    DaemonParts parts =
        new DaemonParts(
            (transport, resolver, blocking, limits, hostKeys, outgoing) -> {
              throw new IllegalStateException("for the test");
            },
            (upstreams, relay, listeners, active, captured, controlPorts) -> {
              throw new AssertionError("comes later");
            },
            InetAddress::getAllByName);
    CulvertConfig config = config();
    assertThatThrownBy(() -> ProxyDaemon.start(config, parts)).hasMessage("for the test");
    long before = eventLoops();

    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> ProxyDaemon.start(config, parts)).hasMessage("for the test");
    }

    await().until(() -> eventLoops() <= before);
  }

  private static CulvertConfig config() {
    return new ConfigLoader(Environment.ofProcess())
        .loadString("listeners: [{ name: socks, socks: '127.0.0.1:0' }]\naudit: off", "test.yaml")
        .orThrow();
  }

  /** Each has at least one epoll descriptor. */
  private static long eventLoops() throws IOException {
    try (Stream<Path> files = Files.list(OPEN_FILES)) {
      return files.filter(BegunTest::isEventPoll).count();
    }
  }

  private static boolean isEventPoll(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().contains("eventpoll");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
