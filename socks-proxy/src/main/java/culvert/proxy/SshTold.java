package culvert.proxy;

import culvert.proxy.audit.Audit;
import culvert.ssh.HostKeyChange;
import culvert.ssh.SshEvents;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;

/** Tells the audit trail of host keys, and has everything counted. */
record SshTold(Audit audit, SshEvents counted) implements SshEvents {
  @Override
  public void accepted(SshServer server, String key) {
    audit.accepted(server, key);
    counted.accepted(server, key);
  }

  @Override
  public void changed(SshServer server, HostKeyChange change, String key, String how) {
    audit.changed(server, change, key, how);
    counted.changed(server, change, key, how);
  }

  @Override
  public void loggedIn(SshServer server) {
    counted.loggedIn(server);
  }

  @Override
  public void loginFailed(SshServer server, SshFailure failure) {
    counted.loginFailed(server, failure);
  }

  @Override
  public void ended(SshServer server) {
    counted.ended(server);
  }
}
