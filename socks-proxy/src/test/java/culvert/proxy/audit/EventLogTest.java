package culvert.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import culvert.config.AuthMethod;
import culvert.config.FallbackReason;
import culvert.config.SshUser;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.CaughtLog;
import culvert.proxy.TestProfiles;
import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.Jobs;
import culvert.proxy.event.LogFields;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Stories;
import culvert.proxy.event.Story;
import culvert.ssh.HostKeyChange;
import culvert.ssh.SshServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventLogTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);
  private static final InetAddress SERVER = new InetSocketAddress("192.0.2.21", 21).getAddress();
  private static final SshCarrier CARRIER = new SshCarrier("gate:22", "joe", Optional.empty());
  private static final String WAY = "192.0.2.7:40000 -> ftp.example:21: ";

  @RegisterExtension final CaughtLog log = new CaughtLog();
  private final AtomicLong nanoTime = new AtomicLong();
  private final Audit audit =
      new Audit(
          new ConfigLoader(Environment.ofProcess()).loadString("audit: off", "t.yaml").orThrow(),
          () -> "0123",
          port -> port == 21);
  private final Stories stories =
      new Stories(nanoTime::get, List.of(new Jobs(List.of(audit.jobs()), () -> "")));

  @Test
  void oneLineSaysWhatBecameOfAJobAndItsTransfersAreForThoseWhoAsk() {
    Story control = start(21);
    control.ownerAsked();
    control.ftpUser("batch");
    control.tunnelled(CARRIER);
    Story data = start(40_001);
    data.belongsTo(control.job(), 1);
    data.tunnelled(CARRIER);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "a b.txt"));
    data.fromClient(1_048_576);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 226);
    nanoTime.set(3_240_000_000L);
    control.ended(EndReason.COMPLETED, "");
    control.ownedBy(new ClientProgram(Set.of("amy", "1000"), List.of("curl", "/usr/bin/curl")));

    assertThat(levels()).containsExactly(Level.DEBUG, Level.INFO);
    String moved = "SSH joe@gate:22; 1 file, 1048576 bytes up, 0 bytes down; ";
    assertThat(message(0))
        .isEqualTo(
            "amy (curl) 192.0.2.7:40000 -> batch@ftp.example:40001: STOR a b.txt; "
                + "SSH joe@gate:22; 1048576 bytes up, 0 bytes down; 0.0 s; ok");
    assertThat(message(1))
        .isEqualTo("amy (curl) 192.0.2.7:40000 -> batch@ftp.example:21: " + moved + "3.2 s; ok");
    assertThat(pairs(1))
        .containsExactly(
            "code=CV1001",
            "job=" + control.id(),
            "listener=socks",
            "rule=jobs",
            "reason=completed");
    assertThat(pairs(0)).contains("job=" + control.id(), "transfer=" + data.id());
    assertThat(fields(1))
        .containsEntry("event", "job.ended")
        .containsEntry("route", "ssh")
        .containsEntry("bytes", Map.of("up", 1_048_576L, "down", 0L))
        .containsKeys("client", "destination", "ftp", "ssh", "duration_ms", "outcome");
  }

  @Test
  void plaintextInPlaceOfATunnelIsAWarningAtOnceAndAtTheEnd() {
    Story control = start(21);
    control.fellBack(FallbackReason.UNREACHABLE, "ssh server gate:22: connection refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.ended(EndReason.COMPLETED, "");

    assertThat(levels()).containsExactly(Level.WARN, Level.WARN);
    assertThat(message(0))
        .isEqualTo(
            WAY
                + "PLAINTEXT (unreachable): no tunnel: ssh server gate:22: connection refused; to"
                + " mend it: see to the SSH server; to forbid plaintext: fallback-on without"
                + " unreachable, or fallback: none");
    assertThat(message(1)).startsWith(WAY + "PLAINTEXT (unreachable); 0 bytes up, ");
    assertThat(pairs(0)).contains("code=CV1002", "job=" + control.id(), "rule=jobs");
  }

  @Test
  void plaintextByARuleIsAWarningWhereItIsFtp() {
    for (int port : new int[] {21, 443}) {
      Story control = start(port);
      control.inPlaintext(SERVER, Optional.empty());
      control.ended(EndReason.COMPLETED, "");
    }

    assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    assertThat(message(0)).startsWith(WAY + "PLAINTEXT (rule); ");
  }

  @Test
  void aRefusalIsAWarningWithItsReasonAndRemedyAndNeverACompletedJob() {
    Story control = start(21);
    control.refused(RefusedWhy.LOGIN, "SSH login as joe at gate refused");
    control.ended(EndReason.COMPLETED, ""); // its client has left

    assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    assertThat(message(0))
        .isEqualTo(
            WAY
                + "REFUSED (login): SSH login as joe at gate refused; to mend it: name and"
                + " password, or key, as the SSH server knows them");
    assertThat(message(1))
        .isEqualTo(WAY + "refused (login); 0 bytes up, 0 bytes down; 0.0 s; refused");
    assertThat(pairs(1)).contains("reason=refused");
    assertThat(fields(1)).containsEntry("detail", "SSH login as joe at gate refused");
  }

  @Test
  void aJobThatWentOnAfterARefusalIsNoRefusedOne() {
    Story control = start(21);
    control.refused(RefusedWhy.LOGIN, "refused");
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(pairs(1)).contains("reason=completed");
    assertThat(message(1)).endsWith("; ok");
  }

  @Test
  void aChangedHostKeyIsToldWithWhatIsKnownAndWhatWasShown() {
    String how =
        "host key of gate changed (expected ED25519 SHA256:known, known_hosts:3; got ED25519"
            + " SHA256:shown): not sending credentials";
    SshServer gate =
        new SshServer(TestProfiles.profile(new SshUser.Fixed("u"), AuthMethod.PUBLICKEY), "gate");
    audit.changed(gate, HostKeyChange.OTHER_KEY, "ssh-ed25519 SHA256:shown", how);

    assertThat(levels()).containsExactly(Level.WARN);
    assertThat(message(0)).startsWith(how + "; if its administrator confirms the key");
    assertThat(pairs(0)).containsExactly("code=CV2001");
  }

  @Test
  void whatPeersNameCannotForgeALine() {
    Story control = start(21);
    control.ftpUser("a\r\nb");
    control.refused(RefusedWhy.UNREACHABLE, "c\r\nd");
    control.ended(EndReason.UPSTREAM_FAILED, "c\r\nd");

    assertThat(message(0)).contains("(unreachable): c\\r\\nd;");
    assertThat(message(1)).contains("a\\r\\nb@ftp.example:21");
  }

  private Story start(int port) {
    ConnectionRequest request =
        new ConnectionRequest(
            "ftp.example",
            new DestinationAddress.NotResolved(),
            port,
            CLIENT.getAddress(),
            "socks");
    Story story = stories.start(CLIENT, Optional.empty(), request, () -> {});
    story.routed(request, "jobs", "ftp-tunnel");
    return story;
  }

  private List<Level> levels() {
    return log.lines().stream().map(ILoggingEvent::getLevel).toList();
  }

  private String message(int line) {
    return log.lines().get(line).getFormattedMessage();
  }

  private List<String> pairs(int line) {
    return log.lines().get(line).getKeyValuePairs().stream()
        .filter(pair -> !(pair.value instanceof LogFields))
        .map(pair -> pair.key + "=" + pair.value)
        .toList();
  }

  private Map<String, Object> fields(int line) {
    return log.lines().get(line).getKeyValuePairs().stream()
        .map(pair -> pair.value)
        .filter(LogFields.class::isInstance)
        .map(LogFields.class::cast)
        .findFirst()
        .orElseThrow()
        .fields();
  }
}
