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

  private static final int LARGEST_PORT = 65535;

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
    String connected = buffer.getString();
    long connectedPort = buffer.getUInt();
    String originator = buffer.getString();
    long originatorPort = buffer.getUInt();
    if (connectedPort > LARGEST_PORT || originatorPort > LARGEST_PORT) {
      refuse();
    } else {
      gate.opening(
          this,
          new BindAddress(connected, (int) connectedPort),
          new Originator(originator, (int) originatorPort));
    }
    return openFuture;
  }

  @Override
  boolean awaitsAnswer() {
    return false;
  }

  /** Only after {@link #attach}. */
  void confirm() {
    confirmed(peerChannel, peerWindow, peerPacketSize);
    configureWindow();
    // MINA confirms the channel now, so that nothing which the pipeline writes can overtake that.
    signalChannelOpenSuccess();
    openFuture.setOpened();
    messages().opened();
  }

  /** Refuses the channel. */
  public void refuse() {
    refuse(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, "no such remote forward");
  }

  /** Refuses the channel: the server may try again. */
  public void refuseForWantOfRoom() {
    refuse(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "too many channels wait to be taken");
  }

  private void refuse(int reasonCode, String message) {
    openFuture.setException(new SshChannelOpenException(getChannelId(), reasonCode, message));
    close(true);
  }
}
