package culvert.testing;

import culvert.testing.EmbeddedSshServer.Silence;
import java.util.function.Supplier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/** Server sessions that count each message and fall silent when told so. */
final class RecordingSessions extends SessionFactory {
  private final ReceivedMessages received;
  private final Supplier<Silence> silence;

  RecordingSessions(
      ServerFactoryManager server, ReceivedMessages received, Supplier<Silence> silence) {
    super(server);
    this.received = received;
    this.silence = silence;
  }

  @Override
  protected ServerSessionImpl doCreateSession(IoSession ioSession) throws Exception {
    received.connected();
    return new RecordingSession(getServer(), ioSession);
  }

  private final class RecordingSession extends ServerSessionImpl {
    RecordingSession(ServerFactoryManager server, IoSession ioSession) throws Exception {
      super(server, ioSession);
    }

    @Override
    public void start() throws Exception {
      if (silence.get() != Silence.BEFORE_BANNER) {
        super.start();
      }
    }

    @Override
    protected boolean readIdentification(Buffer buffer) throws Exception {
      return silence.get() != Silence.BEFORE_BANNER && super.readIdentification(buffer);
    }

    @Override
    protected void handleMessage(Buffer buffer) throws Exception {
      int command = buffer.array()[buffer.rpos()] & 0xff;
      received.message(command, buffer.available());
      boolean ignored =
          switch (silence.get()) {
            case NONE -> false;
            case BEFORE_BANNER -> true;
            // An exchange that has its answer is finished: else what follows cannot be read.
            case DURING_KEY_EXCHANGE -> command != SshConstants.SSH_MSG_NEWKEYS;
            case DURING_LOGIN -> ReceivedMessages.belongsToLogin(command);
          };
      if (!ignored) {
        super.handleMessage(buffer);
      }
    }
  }
}
