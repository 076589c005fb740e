package culvert.ssh.mina.auth;

import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.logging.SimplifiedLog;

/**
 * MINA's session without its hex dumps. At TRACE it writes down every packet but the login's, and
 * the FTP password travels in a channel. Its log is MINA's, under this class's name.
 */
final class DiscreetSession extends ClientSessionImpl {
  private DiscreetSession(ClientFactoryManager client, IoSession ioSession) throws Exception {
    super(client, ioSession);
  }

  static SessionFactory factory(ClientFactoryManager client) {
    return new Factory(client);
  }

  private static final class Factory extends SessionFactory {
    Factory(ClientFactoryManager client) {
      super(client);
    }

    @Override
    protected ClientSessionImpl doCreateSession(IoSession ioSession) throws Exception {
      return new DiscreetSession(getClient(), ioSession);
    }
  }

  /** What dumps are written to. */
  @Override
  protected SimplifiedLog getSimplifiedLogger() {
    return SimplifiedLog.EMPTY;
  }
}
