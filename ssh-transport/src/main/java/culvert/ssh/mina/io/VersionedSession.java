package culvert.ssh.mina.io;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * MINA's session with OpenSSH's bounds for what a server says before its version, and for that;
 * MINA's are 256 bytes for each line and 16 KiB for all of them. It ends when too many {@linkplain
 * UnsentAnswers answers} wait for a server to read them. Confined to the session's event loop, but
 * for {@code writePacket}.
 */
public class VersionedSession extends ClientSessionImpl {
  private final ServerVersion version = new ServerVersion();
  private final UnsentAnswers unsent = new UnsentAnswers();

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
  public IoWriteFuture writePacket(Buffer packet) throws IOException {
    byte command = packet.array()[packet.rpos()];
    int length = packet.available();
    IoWriteFuture written = super.writePacket(packet); // which encrypts it in its place
    if (UnsentAnswers.counts(command) && unsent.add(length, written)) {
      ((NettyIoSession) getIoSession()).afterBatch(this::endUnread);
    }
    return written;
  }

  /** Without a farewell, which would be one more packet that nobody reads. */
  private void endUnread() {
    signalExceptionCaught(UnsentAnswers.reason());
    close(true);
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
