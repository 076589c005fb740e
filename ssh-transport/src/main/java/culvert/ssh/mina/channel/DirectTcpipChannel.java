package culvert.ssh.mina.channel;

import culvert.ssh.Originator;
import culvert.ssh.TunnelTarget;
import java.io.IOException;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.buffer.Buffer;

/** A channel that we ask the server for, to a target that it connects to. */
final class DirectTcpipChannel extends TcpipChannel {
  private static final String TYPE = "direct-tcpip";

  private final TunnelTarget target;
  private final Originator originator;

  DirectTcpipChannel(TunnelTarget target, Originator originator) {
    super(TYPE);
    this.target = target;
    this.originator = originator;
  }

  /** Asks the server for the channel. */
  void sendOpen() throws IOException {
    openFuture = new DefaultOpenFuture(this, futureLock);
    Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, Byte.MAX_VALUE);
    buffer.putString(TYPE);
    buffer.putUInt(getChannelId());
    buffer.putUInt(getLocalWindow().getSize());
    buffer.putUInt(getLocalWindow().getPacketSize());
    buffer.putString(target.host());
    buffer.putUInt(target.port());
    buffer.putString(originator.address());
    buffer.putUInt(originator.port());
    writePacket(buffer);
  }

  @Override
  boolean awaitsAnswer() {
    return openFuture != null && !openFuture.isDone();
  }

  @Override
  public void handleOpenSuccess(long recipient, long window, long packetSize, Buffer buffer) {
    confirmed(recipient, window, packetSize);
    openFuture.setOpened();
    messages().opened();
  }

  @Override
  public void handleOpenFailure(Buffer buffer) {
    int reason = buffer.getInt();
    String message = buffer.getString();
    messages().openFailed(OpenFailures.of(reason, target, message));
    openFuture.setException(new SshChannelOpenException(getChannelId(), reason, message));
    close(true);
  }
}
