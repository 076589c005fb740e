package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.Printable;
import culvert.ssh.SshFailure;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The audit lines of one connection, and its share of what is counted. */
final class LoggedConnection implements ConnectionRecorder {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");

  private final long id;
  private final String client;
  private final String listener;
  private final ProxyEvents events;
  private final LongSupplier nanoTime;
  private final long startedAt;

  private String destination;
  private String rule = "-";
  private String action = "-";
  private @Nullable String server;
  private @Nullable FallbackReason fallback;
  private long bytesFromClient;
  private long bytesToClient;
  private boolean ended;

  LoggedConnection(
      long id,
      InetSocketAddress client,
      ConnectionRequest request,
      ProxyEvents events,
      LongSupplier nanoTime) {
    this.id = id;
    this.client = Endpoints.text(client);
    this.destination = destination(request);
    this.listener = request.listener();
    this.events = events;
    this.nanoTime = nanoTime;
    this.startedAt = nanoTime.getAsLong();
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public void routed(String ruleName, String actionWord) {
    rule = ruleName;
    action = actionWord;
    events.connectionRouted(actionWord);
    line(LOG.atInfo()).log("connection started");
  }

  @Override
  public void redirected(ConnectionRequest request, String ruleName, String actionWord) {
    destination = destination(request);
    rule = ruleName;
    action = actionWord;
    server = null;
    fallback = null;
    line(LOG.atInfo()).log("destination named");
  }

  @Override
  public void tunnelled(String sshServer, String sshUser) {
    server = sshServer;
    line(LOG.atDebug())
        .addKeyValue("server", sshServer)
        .addKeyValue("user", Printable.text(sshUser))
        .log("tunnelled");
  }

  @Override
  public void tunnelFailed(SshFailure failure) {
    events.tunnelFailed(failure);
  }

  @Override
  public void fellBack(FallbackReason reason, String detail) {
    fallback = reason;
    events.fellBack(reason);
    line(LOG.atWarn())
        .addKeyValue("fallback", reason)
        .addKeyValue("detail", Printable.text(detail))
        .log("no tunnel: goes on in plaintext");
  }

  @Override
  public void keptFromPlaintext() {
    events.keptFromPlaintext();
  }

  @Override
  public void fromClient(long bytes) {
    bytesFromClient += bytes;
    events.bytesFromClient(bytes);
  }

  @Override
  public void toClient(long bytes) {
    bytesToClient += bytes;
    events.bytesToClient(bytes);
  }

  @Override
  public void ended(EndReason reason, String detail) {
    if (ended) {
      return;
    }
    ended = true;
    long nanos = nanoTime.getAsLong() - startedAt;
    events.connectionEnded(reason, nanos);
    LoggingEventBuilder line = line(LOG.atInfo());
    if (server != null) {
      line = line.addKeyValue("server", server);
    }
    if (fallback != null) {
      line = line.addKeyValue("fallback", fallback);
    }
    line =
        line.addKeyValue("bytesIn", bytesFromClient)
            .addKeyValue("bytesOut", bytesToClient)
            .addKeyValue("duration", Duration.ofNanos(nanos).toMillis() + "ms")
            .addKeyValue("reason", reason);
    if (!detail.isEmpty()) {
      line = line.addKeyValue("detail", Printable.text(detail));
    }
    line.log("connection ended");
  }

  private static String destination(ConnectionRequest request) {
    return Endpoints.text(Printable.text(request.host()), request.port());
  }

  private LoggingEventBuilder line(LoggingEventBuilder line) {
    return line.addKeyValue("conn", id)
        .addKeyValue("listener", listener)
        .addKeyValue("src", client)
        .addKeyValue("dst", destination)
        .addKeyValue("rule", rule)
        .addKeyValue("action", action);
  }
}
