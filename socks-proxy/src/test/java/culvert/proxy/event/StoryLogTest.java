package culvert.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.DestinationNames;
import culvert.proxy.CaughtLog;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoryLogTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);

  private static final SshCarrier CARRIER =
      new SshCarrier("ssh.example:22", "batch", Optional.empty());

  @RegisterExtension final CaughtLog log = new CaughtLog();
  private final Stories stories = new Stories(() -> 0, List.of(new StoryLog()));

  @Test
  void theStepsOfAJobAreForThoseWhoAskForThem() {
    Story story = start("ftp.example");
    story.routed(request("ftp.example"), "jobs", "ftp-tunnel");
    story.tunnelled(CARRIER);
    story.ended(EndReason.COMPLETED, "");

    assertThat(log.lines()).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
    assertThat(log.lines())
        .extracting(ILoggingEvent::getMessage)
        .containsExactly("started", "tunnelled");
    assertThat(pairs(0))
        .containsExactly(
            "job=\"" + story.id() + "\"",
            "listener=\"socks\"",
            "client=\"{address=192.0.2.7, port=40000}\"",
            "destination=\"{host=ftp.example, port=21}\"",
            "rule=\"jobs\"",
            "action=\"ftp-tunnel\"");
    assertThat(pairs(1)).contains("ssh=\"{server=ssh.example:22, user=batch}\"", "route=\"ssh\"");
  }

  @Test
  void aDataConnectionNamesItsJob() {
    Story control = start("ftp.example");
    Story data = start("ftp.example");
    data.belongsTo(control.id(), 1);
    data.routed(request("ftp.example"), "ftp-data", "ftp-tunnel");

    assertThat(pairs(0)).contains("job=\"" + control.id() + "\"", "transfer=\"" + data.id() + "\"");
  }

  @Test
  void theNamesOfRulesThatStandForAnAddressAreTold() {
    ConnectionRequest captured = request("192.0.2.1");
    start("192.0.2.1")
        .routed(
            captured.withNames(new DestinationNames.Known(Set.of("mf.example", "ftp.example"))),
            "jobs",
            "ftp-tunnel");

    assertThat(pairs(0))
        .containsSubsequence(
            "destination=\"{host=192.0.2.1, port=21}\"",
            "names=\"[ftp.example, mf.example]\"",
            "rule=\"jobs\"");
  }

  @Test
  void whatAPeerNamesCannotForgeALine() {
    start("a\r\nb").routed(request("a\r\nb"), "jobs", "direct");

    assertThat(pairs(0)).contains("destination=\"{host=a\\r\\nb, port=21}\"");
  }

  @Test
  void aPasswordInAHostsPlaceIsNotWrittenDown() {
    start("joe:sesame@ftp.example").routed(request("joe:sesame@ftp.example"), "jobs", "direct");

    assertThat(pairs(0)).contains("destination=\"{host=joe:***@ftp.example, port=21}\"");
  }

  private Story start(String host) {
    return stories.start(CLIENT, Optional.empty(), request(host), () -> {});
  }

  private static ConnectionRequest request(String host) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), 21, CLIENT.getAddress(), "socks");
  }

  private List<String> pairs(int line) {
    return log.lines().get(line).getKeyValuePairs().stream().map(Object::toString).toList();
  }
}
