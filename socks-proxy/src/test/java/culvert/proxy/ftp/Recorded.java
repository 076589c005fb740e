package culvert.proxy.ftp;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.ssh.SshFailure;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a connection's recorder was told. */
public final class Recorded implements ConnectionRecorder {
  public final List<String> events = new CopyOnWriteArrayList<>();
  volatile UUID job = UUID.randomUUID();

  @Override
  public long number() {
    return 1;
  }

  @Override
  public UUID job() {
    return job;
  }

  @Override
  public void belongsTo(UUID newJob) {
    job = newJob;
  }

  @Override
  public void routed(String rule, String action) {
    events.add("routed " + rule + " " + action);
  }

  @Override
  public void destinationNamed(ConnectionRequest request, String rule, String action) {
    events.add(
        "destination named " + request.host() + ":" + request.port() + " " + rule + " " + action);
  }

  @Override
  public void tunnelled(String sshServer, String sshUser) {
    events.add("tunnelled " + sshServer + " " + sshUser);
  }

  @Override
  public void tunnelFailed(SshFailure failure) {
    events.add("tunnel failed " + failure);
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
  public void fromClient(long bytes) {}

  @Override
  public void toClient(long bytes) {}

  @Override
  public void ended(EndReason reason, String detail) {
    events.add("ended " + reason);
  }
}
