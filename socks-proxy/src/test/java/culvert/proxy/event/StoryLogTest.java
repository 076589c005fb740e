package culvert.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StoryLogTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);

  private static final SshCarrier CARRIER =
      new SshCarrier("ssh.example:22", "batch", Optional.empty());

  private final Logger logger = (Logger) LoggerFactory.getLogger("culvert.audit");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong nanoTime = new AtomicLong();
  private final Stories stories = new Stories(nanoTime::get, List.of(new StoryLog()));

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void theEndSaysWhatBecameOfTheConnection() {
    ConnectionRecorder recorder = start("ftp.example");
    recorder.routed(request("ftp.example"), "jobs", "ftp-tunnel");
    recorder.tunnelled(CARRIER);
    recorder.fellBack(FallbackReason.AUTH_FAILED, "refused\r\nforged line");
    recorder.fromClient(3);
    recorder.fromClient(4);
    recorder.toClient(100);
    nanoTime.set(1_234_000_000L);
    recorder.ended(EndReason.COMPLETED, "");

    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.INFO, Level.WARN, Level.INFO);
    assertThat(pairs(1)).contains("detail=\"refused\\r\\nforged line\"");
    assertThat(pairs(2))
        .contains(
            "conn=\"1\"",
            "listener=\"socks\"",
            "src=\"192.0.2.7:40000\"",
            "dst=\"ftp.example:21\"",
            "rule=\"jobs\"",
            "action=\"ftp-tunnel\"",
            "server=\"ssh.example:22\"",
            "fallback=\"auth-failed\"",
            "bytesIn=\"7\"",
            "bytesOut=\"100\"",
            "duration=\"1234ms\"",
            "reason=\"completed\"");
  }

  @Test
  void aDestinationThatIsNamedLaterIsWhatTheEndTellsOf() {
    ConnectionRecorder recorder = start("proxy.example");
    recorder.routed(request("proxy.example"), "named", "ftp-tunnel");
    recorder.tunnelled(CARRIER);

    recorder.destinationNamed(request("ftp.example"), "jobs", "direct");
    recorder.ended(EndReason.COMPLETED, "");

    assertThat(pairs(1)).contains("dst=\"ftp.example:21\"", "rule=\"jobs\"");
    assertThat(pairs(2))
        .contains("dst=\"ftp.example:21\"", "rule=\"jobs\"", "action=\"direct\"")
        .noneMatch(pair -> pair.startsWith("server="));
  }

  @Test
  void thereIsOneEndAndTheFirstReasonStands() {
    ConnectionRecorder recorder = start("ftp.example");
    recorder.ended(EndReason.REFUSED, "blocked by rule");
    recorder.ended(EndReason.CLIENT_ABORTED, "connection closed");
    assertThat(lines.list).hasSize(1);
    assertThat(pairs(0)).contains("reason=\"refused\"", "detail=\"blocked by rule\"");
  }

  @Test
  void connectionsAreNumberedAndIpv6HasBrackets() {
    assertThat(start("a").number()).isEqualTo(1);
    ConnectionRecorder second = start("2001:db8::1");
    assertThat(second.number()).isEqualTo(2);
    second.routed(request("2001:db8::1"), "r", "direct");
    assertThat(pairs(0)).contains("dst=\"[2001:db8::1]:21\"");
  }

  private ConnectionRecorder start(String host) {
    return stories.start(CLIENT, Optional.empty(), request(host), () -> {});
  }

  private static ConnectionRequest request(String host) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), 21, CLIENT.getAddress(), "socks");
  }

  private List<String> pairs(int line) {
    return lines.list.get(line).getKeyValuePairs().stream().map(Object::toString).toList();
  }
}
