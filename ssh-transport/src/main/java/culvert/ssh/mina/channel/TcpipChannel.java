package culvert.ssh.mina.channel;

import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.mina.io.LentArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.logging.SimplifiedLog;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * MINA's side of a direct-tcpip or forwarded-tcpip channel (RFC 4254 section 7.2): takes messages
 * off the SSH session and hands them to the {@link SshDuplexChannel}, and sends what that one has
 * to say. Keeps no data.
 *
 * <p>An {@code AbstractClientChannel} because MINA casts to it when the server refuses the channel;
 * none of its streams are used. MINA's own channels hide the peer's EOF until CLOSE, and their
 * streams send an EOF of their own on close: neither will do where EOF means "file complete".
 */
abstract class TcpipChannel extends AbstractClientChannel {
  /** What we send in one packet, whatever larger ones the peer would take. */
  private static final long LARGEST_PACKET_BYTES = 1024 * 1024;

  /** Packets from here on are made in a {@link LentArray}. */
  private static final int BULK_BYTES = 4 * 1024;

  /** What comes around a message at most: lengths, padding, and the longest MAC or tag. */
  private static final int PACKET_OVERHEAD_BYTES = 512;

  private static final long LARGEST_WINDOW_BYTES = 0xffffffffL; // RFC 4254 section 5.2

  private @Nullable ChannelMessages messages;
  private @Nullable ReceiveWindow window;
  private boolean confirmed;

  /** What the peer says; called on the event loop of the SSH connection, but for {@link #ended}. */
  interface ChannelMessages {
    void opened();

    void openFailed(SshException failure);

    void data(byte[] bytes, int offset, int length);

    void eof();

    void closeReceived();

    void windowAdjusted();

    /** Nothing comes any more; on any thread, perhaps more than once. */
    void ended();
  }

  /** Makes the channel; it is not yet registered with a session. */
  TcpipChannel(String type) {
    super(type);
  }

  /** Says who hears of messages, before there can be any, and how many data may come. */
  void attach(ChannelMessages receiver, ReceiveWindow receiveWindow) {
    messages = receiver;
    window = receiveWindow;
    CoreModuleProperties.WINDOW_SIZE.set(this, receiveWindow.limitBytes());
    addCloseFutureListener(closed -> receiver.ended());
  }

  /** MINA's window is as large as it may become, and used up but for what the server is told. */
  @Override
  protected void configureWindow() {
    super.configureWindow();
    if (window != null) {
      try {
        getLocalWindow().consume(window.limitBytes() - window.bytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  ChannelMessages messages() {
    return Objects.requireNonNull(messages, "messages: nobody to tell");
  }

  /** Whether the peer was asked for this channel and has not answered yet. */
  abstract boolean awaitsAnswer();

  /** Whether it is open: the peer has confirmed it, or we have. */
  final boolean isConfirmed() {
    return confirmed;
  }

  /** The channel is open; what the peer takes is known. */
  final void confirmed(long recipient, long windowBytes, long packetBytes) {
    confirmed = true;
    setRecipient(recipient);
    getRemoteWindow()
        .init(
            windowBytes,
            Math.min(packetBytes, LARGEST_PACKET_BYTES),
            getSession().getFactoryManager());
  }

  @Override
  protected void doOpen() {
    // The Netty side opens itself.
  }

  /** Nobody has a request for such a channel. MINA would warn of each. */
  @Override
  protected RequestHandler.Result handleInternalRequest(
      String request, boolean wantReply, Buffer buffer) {
    log.debug("{}: request '{}'", this, Printable.text(request));
    return RequestHandler.Result.ReplyFailure;
  }

  /** MINA dumps what arrives at TRACE: the data are passwords too. */
  @Override
  protected SimplifiedLog getSimplifiedLogger() {
    return SimplifiedLog.EMPTY;
  }

  @Override
  protected void doWriteData(byte[] bytes, int offset, long length) throws IOException {
    if (eofReceived.get()) {
      throw new ProtocolError(getChannelType() + ": data after EOF");
    }
    if (!isClosing()) {
      messages().data(bytes, offset, (int) length);
    }
  }

  @Override
  protected void doWriteExtendedData(byte[] bytes, int offset, long length) throws IOException {
    throw new ProtocolError(getChannelType() + ": extended data, which such channels do not have");
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    // While it closes, data are dropped: what is left of them must not look whole.
    if (!isClosing()) {
      messages().eof();
    }
  }

  @Override
  public void handleClose() throws IOException {
    messages().closeReceived();
    super.handleClose();
  }

  @Override
  public void handleWindowAdjust(Buffer buffer) throws IOException {
    long bytes = buffer.rawUInt(buffer.rpos());
    if (getRemoteWindow().getSize() + bytes > LARGEST_WINDOW_BYTES) {
      throw new ProtocolError(
          "%s: window of %d bytes grows by %d (expected: at most %d)"
              .formatted(
                  getChannelType(), getRemoteWindow().getSize(), bytes, LARGEST_WINDOW_BYTES));
    }
    super.handleWindowAdjust(buffer);
    messages().windowAdjusted();
  }

  /** How much may be sent in one packet now; 0: wait for {@link ChannelMessages#windowAdjusted}. */
  int sendable() {
    RemoteWindow window = getRemoteWindow();
    return (int) Math.min(window.getSize(), window.getPacketSize());
  }

  /**
   * Sends data, at most {@link #sendable} bytes.
   *
   * @param fill puts exactly {@code length} bytes into the packet
   */
  IoWriteFuture sendData(int length, PacketFiller fill) throws IOException {
    Session session = getSession();
    Buffer packet = newPacket(session, length + 2 * Integer.BYTES);
    packet.putUInt(getRecipient());
    packet.putUInt(length);
    int start = packet.wpos();
    packet.ensureCapacity(length);
    fill.fill(packet.array(), start);
    packet.wpos(start + length);
    getRemoteWindow().consume(length);
    return session.writePacket(packet);
  }

  /** MINA would allocate each packet, of a file at a gigabyte in a second. */
  private static Buffer newPacket(Session session, int bytes) {
    if (bytes < BULK_BYTES) {
      return session.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, bytes);
    }
    byte[] array = LentArray.ofThread().borrow(bytes + PACKET_OVERHEAD_BYTES);
    return session.prepareBuffer(
        SshConstants.SSH_MSG_CHANNEL_DATA, new ByteArrayBuffer(array, false));
  }

  /** Copies a packet's payload to its place. */
  @FunctionalInterface
  interface PacketFiller {
    void fill(byte[] packet, int offset);
  }

  @Override
  public IoWriteFuture sendEof() throws IOException {
    return super.sendEof();
  }
}
