package culvert.ssh.mina.channel;

import culvert.ssh.BindAddress;
import culvert.ssh.Originator;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.buffer.Buffer;

/** A channel that the server opens for a connection to one of our remote forwards. */
public final class ForwardedTcpipChannel extends TcpipChannel {
  /** The channel's type on the wire. */
  public static final String TYPE = "forwarded-tcpip";

  private final Gate gate;
  private long peerChannel;
  private long peerWindow;
  private long peerPacketSize;

  /** Decides about channels; called on the event loop of the SSH connection. */
  @FunctionalInterface
  public interface Gate {

    /**
     * Takes the channel, with {@link SshDuplexChannel#accept}, or refuses it; now or later.
     *
     * @param connected the address and port of the forward, as the server puts them
     */
    void opening(ForwardedTcpipChannel channel, BindAddress connected, Originator originator);
  }

  public ForwardedTcpipChannel(Gate gate) {
    super(TYPE);
    this.gate = gate;
  }

  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    openFuture = new DefaultOpenFuture(this, futureLock);
    peerChannel = recipient;
    peerWindow = window;
    peerPacketSize = packetSize;
    BindAddress connected = new BindAddress(buffer.getString(), buffer.getInt());
    Originator originator = new Originator(buffer.getString(), buffer.getInt());
    gate.opening(this, connected, originator);
    return openFuture;
  }

  /** Only after {@link #attach}. */
  void confirm() {
    setRecipient(peerChannel);
    getRemoteWindow().init(peerWindow, peerPacketSize, getSession().getFactoryManager());
    configureWindow();
    // MINA confirms the channel now, so that nothing which the pipeline writes can overtake that.
    signalChannelOpenSuccess();
    openFuture.setOpened();
    messages().opened();
  }

  /** Refuses the channel. */
  public void refuse() {
    openFuture.setException(
        new SshChannelOpenException(
            getChannelId(),
            SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
            "no such remote forward"));
    close(true);
  }
}
