package culvert.ssh.mina.io;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Encrypted packets on their way to the socket, in the order in which they were encrypted. MINA's
 * flusher thread encrypts too, so all packets pass this queue: one that took a short cut would
 * overtake an earlier one. Thread-safe.
 */
final class OutgoingPackets {
  private final ByteBufAllocator allocator;
  private final ArrayDeque<Packet> queue = new ArrayDeque<>(); // guarded by this

  /**
   * A packet that goes to the socket as it is.
   *
   * @param bytes who takes it out of the queue owns it
   * @param future to complete with the outcome
   */
  record Packet(ByteBuf bytes, WriteFuture future) {}

  /** Completes when the packet's bytes are with the kernel. */
  static final class WriteFuture extends AbstractIoWriteFuture {
    WriteFuture(Object id) {
      super(id, null);
    }

    void complete(@Nullable Throwable failure) {
      setValue(failure == null ? true : failure);
    }
  }

  OutgoingPackets(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** MINA gives the buffer away; when this returns nobody needs it. */
  WriteFuture add(Buffer buffer, Object id) {
    WriteFuture future = new WriteFuture(id);
    int length = buffer.available();
    ByteBuf bytes = allocator.directBuffer(length);
    bytes.writeBytes(buffer.array(), buffer.rpos(), length);
    LentArray.ofThread().giveBack(buffer.array());
    synchronized (this) {
      queue.add(new Packet(bytes, future));
    }
    return future;
  }

  /** The next packet, or null when there is none. */
  synchronized @Nullable Packet next() {
    return queue.poll();
  }

  void fail(Throwable cause) {
    List<Packet> packets;
    synchronized (this) {
      packets = List.copyOf(queue);
      queue.clear();
    }
    for (Packet packet : packets) {
      packet.bytes().release();
      packet.future().complete(cause);
    }
  }
}
