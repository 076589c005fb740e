package culvert.proxy.event;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.ssh.SshException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.UUID;

/** Makes nothing of what it is told. */
public abstract class QuietRecorder implements ConnectionRecorder {
  @Override
  public void belongsTo(UUID job, int request) {}

  @Override
  public void ownerAsked() {}

  @Override
  public void ownedBy(ClientProgram owner) {}

  @Override
  public void routed(ConnectionRequest asked, String rule, String action) {}

  @Override
  public void destinationNamed(ConnectionRequest request, String rule, String action) {}

  @Override
  public void tunnelled(SshCarrier carrier) {}

  @Override
  public void tunnelFailed(SshException cause) {}

  @Override
  public void inPlaintext(InetAddress reached, Optional<FallbackReason> inPlaceOf) {}

  @Override
  public void ftpBegins() {}

  @Override
  public void ftpUser(String user) {}

  @Override
  public void ftpLoggedIn(String user) {}

  @Override
  public void ftpUnreadable() {}

  @Override
  public void transferAsked(FtpTransfer transfer) {}

  @Override
  public void transferAnswered(int number, int code) {}

  @Override
  public void fellBack(FallbackReason reason, String detail) {}

  @Override
  public void refused(RefusedWhy why, String detail) {}

  @Override
  public void keptFromPlaintext() {}

  @Override
  public void fromClient(long bytes) {}

  @Override
  public void toClient(long bytes) {}

  @Override
  public void ended(EndReason reason, String detail) {}
}
