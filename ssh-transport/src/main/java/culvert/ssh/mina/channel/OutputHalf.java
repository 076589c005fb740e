package culvert.ssh.mina.channel;

import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes to the server: packets while the remote window and the cap on bytes in flight allow,
 * then EOF. Confined to the event loop.
 */
final class OutputHalf {
  /** Handed to the SSH session and not yet with the kernel; more would only wait in memory. */
  private static final int IN_FLIGHT_CAP_BYTES = 1024 * 1024;

  private final TcpipChannel ssh;
  private final NettyIoSession connection;
  private final Runnable flushAgain;
  private final List<ChannelPromise> eofPromises = new ArrayList<>();

  private int inFlightBytes;
  private boolean eofRequested;
  private volatile boolean eofSent;

  /**
   * Makes the open output half of a channel.
   *
   * @param flushAgain called when a write that had to stop may go on
   */
  OutputHalf(TcpipChannel ssh, NettyIoSession connection, Runnable flushAgain) {
    this.ssh = ssh;
    this.connection = connection;
    this.flushAgain = flushAgain;
  }

  boolean isShutDown() {
    return eofSent;
  }

  /** Whether somebody asked for the end: nothing more may be written. */
  boolean isEnding() {
    return eofRequested;
  }

  /** Sends as much as the window allows, and EOF behind the last byte if it is asked for. */
  void write(ChannelOutboundBuffer pending) throws Exception {
    assert Loops.isOn(connection.eventLoop());
    do {
      connection.inBatch(() -> writeWhileThereIsRoom(pending));
      // Where the socket took everything at once, there is room again and nobody to say so later.
    } while (pending.current() != null && room() > 0);
  }

  private void writeWhileThereIsRoom(ChannelOutboundBuffer pending) throws IOException {
    for (Object message = pending.current(); message != null; message = pending.current()) {
      if (ssh.isClosing()) {
        // Data behind a CLOSE would end the whole connection: the server knows no such channel.
        pending.remove(new ClosedChannelException());
        continue;
      }
      ByteBuf bytes = (ByteBuf) message;
      int length = Math.min(bytes.readableBytes(), room());
      if (length <= 0 && bytes.isReadable()) {
        return;
      }
      if (length > 0) {
        send(bytes, length);
      }
      pending.removeBytes(length);
    }
    sendEofIfRequested();
  }

  private int room() {
    return Math.min(ssh.sendable(), IN_FLIGHT_CAP_BYTES - inFlightBytes);
  }

  private void send(ByteBuf bytes, int length) throws IOException {
    inFlightBytes += length;
    int from = bytes.readerIndex();
    ssh.sendData(length, (packet, offset) -> bytes.getBytes(from, packet, offset, length))
        .addListener(written -> Loops.post(connection.eventLoop(), () -> landed(length)));
  }

  private void landed(int length) {
    assert Loops.isOn(connection.eventLoop());
    boolean full = inFlightBytes >= IN_FLIGHT_CAP_BYTES;
    inFlightBytes -= length;
    if (full || inFlightBytes == 0) {
      flushAgain.run();
    }
  }

  /** Asks for EOF; it leaves once everything flushed before has. */
  void requestEof(boolean nothingPending, ChannelPromise promise) throws Exception {
    assert Loops.isOn(connection.eventLoop());
    eofRequested = true;
    if (eofSent) {
      promise.trySuccess();
      return;
    }
    eofPromises.add(promise);
    if (nothingPending) {
      connection.inBatch(this::sendEofIfRequested);
    }
  }

  /**
   * To a channel that the server has closed there is nothing to say, and nothing left to wait for.
   */
  private void sendEofIfRequested() throws IOException {
    if (eofRequested && !eofSent) {
      if (!ssh.isClosing()) {
        ssh.sendEof();
      }
      eofSent = true;
      eofPromises.forEach(ChannelPromise::trySuccess);
      eofPromises.clear();
    }
  }

  void close() {
    assert Loops.isOn(connection.eventLoop());
    eofPromises.forEach(promise -> promise.tryFailure(new ClosedChannelException()));
    eofPromises.clear();
  }
}
