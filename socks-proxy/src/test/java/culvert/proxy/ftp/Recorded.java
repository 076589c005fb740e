package culvert.proxy.ftp;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.QuietRecorder;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.SshCarrier;
import culvert.ssh.SshException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a connection's recorder was told. */
public final class Recorded extends QuietRecorder {
  public final List<String> events = new CopyOnWriteArrayList<>();
  final List<String> users = new CopyOnWriteArrayList<>(); // that were let in
  final List<String> refusals = new CopyOnWriteArrayList<>();
  volatile UUID job = UUID.randomUUID();

  @Override
  public UUID job() {
    return job;
  }

  @Override
  public void belongsTo(UUID newJob, int request) {
    job = newJob;
  }

  @Override
  public void routed(ConnectionRequest asked, String rule, String action) {
    events.add("routed " + rule + " " + action);
  }

  @Override
  public void destinationNamed(ConnectionRequest request, String rule, String action) {
    events.add(
        "destination named " + request.host() + ":" + request.port() + " " + rule + " " + action);
  }

  @Override
  public void tunnelled(SshCarrier carrier) {
    events.add("tunnelled " + carrier.server() + " " + carrier.user());
  }

  @Override
  public void tunnelFailed(SshException cause) {
    events.add("tunnel failed " + cause.failure());
  }

  @Override
  public void refused(RefusedWhy why, String detail) {
    refusals.add(why + ": " + detail);
  }

  @Override
  public void ftpLoggedIn(String user) {
    users.add(user);
  }

  @Override
  public void fellBack(FallbackReason reason, String detail) {
    events.add("fell back " + reason);
  }

  @Override
  public void keptFromPlaintext() {
    events.add("kept from plaintext");
  }

  @Override
  public void ended(EndReason reason, String detail) {
    events.add("ended " + reason);
  }
}
