package culvert.ssh.mina.io;

import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * MINA's session with OpenSSH's bounds for what a server says before its version, and for that;
 * MINA's are 256 bytes for each line and 16 KiB for all of them. Confined to the session's event
 * loop.
 */
public class VersionedSession extends ClientSessionImpl {
  private final ServerVersion version = new ServerVersion();

  protected VersionedSession(ClientFactoryManager client, IoSession ioSession) throws Exception {
    super(client, ioSession);
  }

  /** Makes a client's sessions. */
  public static SessionFactory plainFactory(ClientFactoryManager client) {
    return new Factory(client);
  }

  private static final class Factory extends SessionFactory {
    Factory(ClientFactoryManager client) {
      super(client);
    }

    @Override
    protected ClientSessionImpl doCreateSession(IoSession ioSession) throws Exception {
      return new VersionedSession(getClient(), ioSession);
    }
  }

  @Override
  protected List<String> doReadIdentification(Buffer buffer, boolean server)
      throws StreamCorruptedException {
    Optional<String> found = version.read(buffer);
    if (found.isEmpty()) {
      buffer.compact();
    }
    return found.stream().collect(Collectors.toCollection(ArrayList::new)); // MINA changes it
  }
}
