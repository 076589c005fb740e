package culvert.proxy.audit;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.event.Jobs;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Stories;
import culvert.proxy.event.Story;
import culvert.ssh.SshSecurity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs of a client at 192.0.2.7, and what the trail is told of them. */
final class AuditedJobs implements AutoCloseable {
  static final InetAddress SERVER = new InetSocketAddress("192.0.2.21", 21).getAddress();
  static final SshCarrier CARRIER =
      new SshCarrier(
          "gate:22",
          "batch",
          Optional.of(new SshSecurity("password", "ssh-ed25519 SHA256:x", "mlkem", "aes")));

  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);

  private final List<AuditEvent> events = new ArrayList<>();
  private final Jobs jobs;
  private final Stories stories;
  private String config = "0123456789abcdef";

  AuditedJobs() {
    this(true);
  }

  private AuditedJobs(boolean paths) {
    AuditLog log =
        new AuditLog() {
          @Override
          public void record(AuditEvent event) {
            events.add(event);
          }

          @Override
          public Runnable whenRoom(Runnable task) {
            return NONE.whenRoom(task);
          }
        };
    jobs = new Jobs(List.of(new AuditJobs(log, () -> Events.TIME, paths)), () -> config);
    stories = new Stories(() -> 0, List.of(jobs));
  }

  static AuditedJobs withoutPaths() {
    return new AuditedJobs(false);
  }

  /** From now on that configuration is in force. */
  void configured(String hash) {
    config = hash;
  }

  static ConnectionRequest request(String host, int port) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), port, CLIENT.getAddress(), "socks");
  }

  Story start(ConnectionRequest request) {
    return stories.start(CLIENT, Optional.empty(), request, () -> {});
  }

  /** A control connection that has named its FTP user. */
  Story begin() {
    Story control = stories.start(CLIENT, Optional.of("joe"), request("ftp.example", 21), () -> {});
    control.routed(request("ftp.example", 21), "jobs", "ftp-tunnel");
    control.ftpBegins();
    control.ftpUser("batch");
    return control;
  }

  Story tunnelled() {
    Story control = begin();
    control.tunnelled(CARRIER);
    return control;
  }

  Story tunnelledData(Story control, int request) {
    Story data = data(control, request);
    data.tunnelled(CARRIER);
    return data;
  }

  Story data(Story control, int request) {
    Story data = start(request("ftp.example", 40_001));
    data.belongsTo(control.job(), request);
    data.routed(request("ftp.example", 40_001), "ftp-data", "ftp-tunnel");
    return data;
  }

  /** The client names another user and another server. */
  static Story elsewhere(Story control, String rule, String action, String user) {
    control.ftpUser(user);
    control.destinationNamed(request("other.example", 21), rule, action);
    return control;
  }

  /** Nothing more is told. */
  @Override
  public void close() {
    jobs.close();
  }

  List<AuditEvent> events() {
    return events;
  }

  /** The events' words. */
  List<String> names() {
    return events.stream().map(event -> event.code().event()).toList();
  }

  /** The last event's fields. */
  Map<String, Object> last() {
    return events.get(events.size() - 1).fields();
  }
}
