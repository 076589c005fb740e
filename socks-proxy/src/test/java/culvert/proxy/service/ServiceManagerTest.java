package culvert.proxy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@EnabledOnOs(value = OS.LINUX, disabledReason = "systemd's")
class ServiceManagerTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(ServiceManager.class);

  private static final Pattern RELOADING =
      Pattern.compile("RELOADING=1\nMONOTONIC_USEC=(\\d+)\nSTATUS=reloading");

  @TempDir private Path directory;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    LOG.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(log);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s/notify", "@culvert-test-%s"})
  void itHearsOfAllThatHappensInItsOrder(String name) {
    String socket = name.formatted(directory);
    try (NotifySocket systemd = new NotifySocket(socket)) {
      ServiceManager manager = new ServiceManager(Map.of("NOTIFY_SOCKET", socket));
      long before = System.nanoTime() / 1000;
      manager.ready("listens");
      manager.reloading();
      manager.ready("two\nlines");
      manager.stopping("ends");

      await().until(() -> systemd.messages().size() == 4);
      List<String> messages = systemd.messages();
      assertThat(messages.get(0)).isEqualTo("READY=1\nSTATUS=listens");
      Matcher reloading = RELOADING.matcher(messages.get(1));
      assertThat(reloading.matches()).as(messages.get(1)).isTrue();
      long when = Long.parseLong(reloading.group(1));
      assertThat(when).isBetween(before, System.nanoTime() / 1000);
      assertThat(messages.get(2)).isEqualTo("READY=1\nSTATUS=two lines");
      assertThat(messages.get(3)).isEqualTo("STOPPING=1\nSTATUS=ends");
      assertThat(log.list).isEmpty();
    }
  }

  @Test
  void withoutTheVariableNothingHappens() {
    ServiceManager manager = new ServiceManager(Map.of());

    manager.ready("listens");
    new ServiceManager(Map.of("NOTIFY_SOCKET", "")).stopping("ends");

    assertThat(log.list).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/no/such/socket", "@culvert-nobody-listens", "vsock:2:1234", "relative"})
  void whoCannotBeToldIsLogged(String socket) {
    long begun = System.nanoTime();

    new ServiceManager(Map.of("NOTIFY_SOCKET", socket)).ready("listens");

    assertThat(log.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getFormattedMessage())
                    .startsWith("NOTIFY_SOCKET=" + socket + ": cannot tell")
                    .doesNotContain("Exception"));
    assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(30));
  }
}
