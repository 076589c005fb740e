package culvert.ssh.mina.channel;

import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * What comes from the server: packets queue until the socket read that brought them is over, and
 * window credit goes back when the pipeline takes them; the peer's EOF and CLOSE queue behind them.
 * Confined to the event loop.
 */
final class InputHalf {
  private final Channel channel;
  private final NettyIoSession connection;
  private final CreditSteps credit;
  private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();

  private boolean readPending;
  private boolean deliveryScheduled;
  private boolean eofReceived;

  /** No message comes any more: the peer's CLOSE, or the end of the SSH session. */
  private boolean ended;

  private Exception endReason = new IOException("SSH channel closed without EOF");
  private volatile boolean shutDown;

  InputHalf(Channel channel, NettyIoSession connection, CreditSteps credit) {
    this.channel = channel;
    this.connection = connection;
    this.credit = credit;
  }

  /** The pipeline has got everything, and EOF. Any thread. */
  boolean isShutDown() {
    return shutDown;
  }

  void data(byte[] bytes, int offset, int length) {
    assert Loops.isOn(connection.eventLoop());
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
    if (!received.isEmpty()) {
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
    for (ByteBuf bytes = received.poll(); bytes != null; bytes = received.poll()) {
      int length = bytes.readableBytes();
      channel.pipeline().fireChannelRead(bytes);
      if (!giveCredit(length)) {
        return;
      }
    }
    channel.pipeline().fireChannelReadComplete();
  }

  /** Only to a server that may still send. */
  private boolean giveCredit(int bytes) {
    try {
      if (!eofReceived && !ended && channel.isOpen()) {
        credit.taken(bytes);
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
