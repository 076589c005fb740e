package culvert.ssh.mina.channel;

import java.io.IOException;
import org.apache.sshd.client.session.AbstractClientSession;
import org.apache.sshd.client.session.ClientConnectionService;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * MINA's connection service for servers that may lie about channels: one that answers what it was
 * not asked, or talks of a channel that there never was, ends its session, as with OpenSSH. Of a
 * channel that is no more it may talk: MINA forgets one whose CLOSE is not answered for a while.
 * Confined to the session's event loop.
 */
public final class ChannelMessageOrder extends ClientConnectionService {
  private ChannelMessageOrder(AbstractClientSession session) throws SshException {
    super(session);
  }

  /** Makes a client's connection services. */
  public static ServiceFactory factory() {
    return new Factory();
  }

  private static final class Factory extends ClientConnectionServiceFactory {
    @Override
    public Service create(Session session) throws IOException {
      ChannelMessageOrder service = new ChannelMessageOrder((AbstractClientSession) session);
      service.addPortForwardingEventListenerManager(this);
      return service;
    }
  }

  @Override
  protected Channel getChannel(byte command, long recipient, Buffer buffer) throws IOException {
    Channel channel = channels.get(recipient);
    if (channel == null
        && (isAnswer(command) || Long.compareUnsigned(recipient, nextChannelId.get()) >= 0)) {
      throw unexpected(command, recipient, "is not there");
    }
    if (channel instanceof TcpipChannel tcpip) {
      if (isAnswer(command) && !tcpip.awaitsAnswer()) {
        throw unexpected(command, recipient, "has had its answer");
      }
      if (!isAnswer(command) && !tcpip.isConfirmed()) {
        throw unexpected(command, recipient, "is not open yet");
      }
    }
    return super.getChannel(command, recipient, buffer);
  }

  @Override
  public void channelOpenConfirmation(Buffer buffer) throws IOException {
    requireRoomForData(buffer.rawUInt(buffer.rpos() + 3 * Integer.BYTES));
    super.channelOpenConfirmation(buffer);
  }

  @Override
  protected void channelOpen(Buffer buffer) throws Exception {
    int start = buffer.rpos();
    buffer.getString(); // the type
    requireRoomForData(buffer.rawUInt(buffer.rpos() + 2 * Integer.BYTES));
    buffer.rpos(start);
    super.channelOpen(buffer);
  }

  /** Nobody could ever send on such a channel. */
  private static void requireRoomForData(long packetBytes) throws ProtocolError {
    if (packetBytes == 0) {
      throw new ProtocolError("channel that takes packets of 0 bytes");
    }
  }

  private static boolean isAnswer(byte command) {
    return command == SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION
        || command == SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE;
  }

  private static ProtocolError unexpected(byte command, long recipient, String why) {
    return new ProtocolError(
        "%s for channel %d, which %s"
            .formatted(SshConstants.getCommandMessageName(command), recipient, why));
  }
}
