package culvert.ssh.mina.channel;

import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.util.ArrayDeque;
import org.apache.sshd.common.channel.LocalWindow;

/**
 * What comes from the server: packets queue until the socket read that brought them is over, and
 * window credit goes back when the pipeline takes them; the peer's EOF and CLOSE queue behind them.
 * Confined to the event loop.
 */
final class InputHalf {
  /** More at once would keep the other channels of the event loop waiting. */
  private static final int LARGEST_TURN_BYTES = 1024 * 1024;

  private final Channel channel;
  private final NettyIoSession connection;
  private final ReceiveWindow window;
  private final LocalWindow credit;
  private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();

  private boolean readPending;
  private boolean deliveryScheduled;
  private boolean delivering;
  private boolean eofReceived;

  /** No message comes any more: the peer's CLOSE, or the end of the SSH session. */
  private boolean ended;

  private Exception endReason = new IOException("SSH channel closed without EOF");
  private volatile boolean shutDown;

  InputHalf(Channel channel, NettyIoSession connection, ReceiveWindow window, LocalWindow credit) {
    this.channel = channel;
    this.connection = connection;
    this.window = window;
    this.credit = credit;
  }

  /** The pipeline has got everything, and EOF. Any thread. */
  boolean isShutDown() {
    return shutDown;
  }

  void data(byte[] bytes, int offset, int length) {
    assert Loops.isOn(connection.eventLoop());
    window.received(length);
    received.add(channel.alloc().buffer(length).writeBytes(bytes, offset, length));
    deliverAfterBatch();
  }

  void eof() {
    assert Loops.isOn(connection.eventLoop());
    eofReceived = true;
    deliverAfterBatch();
  }

  void closeReceived() {
    assert Loops.isOn(connection.eventLoop());
    ended = true;
    deliverAfterBatch();
  }

  /** Nothing comes any more; unless the server said so itself, for that reason. */
  void endedBy(Exception reason) {
    assert Loops.isOn(connection.eventLoop());
    if (!ended) {
      endReason = reason;
    }
    ended = true;
  }

  /** The pipeline takes something. */
  void beginRead() {
    assert Loops.isOn(connection.eventLoop());
    readPending = true;
    if (!received.isEmpty() && !delivering) {
      deliverAfterBatch();
    }
  }

  private void deliverAfterBatch() {
    if (!deliveryScheduled) {
      deliveryScheduled = true;
      connection.afterBatch(this::deliver);
    }
  }

  /** Hands on what the pipeline takes, and the end where that is all. */
  void deliver() {
    assert Loops.isOn(connection.eventLoop());
    deliveryScheduled = false;
    if (!channel.isOpen() || !channel.isRegistered()) {
      return;
    }
    if (ended && !eofReceived) {
      breakOff();
    } else if (!received.isEmpty()) {
      deliverReceived();
      deliverNextTurn();
    }
    if (channel.isOpen() && received.isEmpty()) {
      deliverEnd();
    }
  }

  private void deliverReceived() {
    if (!readPending) {
      return;
    }
    readPending = false;
    delivering = true;
    try {
      handOn();
    } finally {
      delivering = false;
    }
  }

  private void handOn() {
    for (int turn = 0; turn < LARGEST_TURN_BYTES && !received.isEmpty(); ) {
      ByteBuf bytes = received.remove();
      int length = bytes.readableBytes();
      turn += length;
      channel.pipeline().fireChannelRead(bytes);
      if (!giveCredit(length)) {
        return;
      }
    }
    channel.pipeline().fireChannelReadComplete();
  }

  /** Where the pipeline takes more than one turn's worth. */
  private void deliverNextTurn() {
    if (readPending && !received.isEmpty() && !deliveryScheduled) {
      deliveryScheduled = true;
      connection.nextTurn(this::deliver);
    }
  }

  /** Only to a server that may still send. */
  private boolean giveCredit(int bytes) {
    try {
      if (!eofReceived && !ended && channel.isOpen()) {
        long given = window.taken(bytes);
        if (given > 0) {
          credit.release(given);
        }
      }
      return true;
    } catch (IOException e) {
      endReason = e;
      breakOff();
      return false;
    }
  }

  private void deliverEnd() {
    if (eofReceived && !shutDown) {
      shutDown = true;
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    }
    if (ended && channel.isOpen()) {
      channel.close();
    }
  }

  /** The peer went away in the middle: what it has sent is a fragment. */
  private void breakOff() {
    channel.pipeline().fireExceptionCaught(endReason);
    channel.close();
  }

  /** The channel is closed, and nobody takes the rest. */
  void close() {
    assert Loops.isOn(connection.eventLoop());
    received.forEach(ByteBuf::release);
    received.clear();
  }
}
