package culvert.ssh.mina.io;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  /** One write to the socket takes so many bytes at most, unless a single packet is larger. */
  private static final int BATCH_BYTES = 256 * 1024;

  private final ArrayDeque<Packet> queue = new ArrayDeque<>(); // guarded by this

  /** MINA gives the buffer away: nobody writes to it any more. */
  private static final class Packet {
    final byte[] bytes;
    final int offset;
    final int length;
    final WriteFuture future;

    Packet(Buffer buffer, WriteFuture future) {
      this.bytes = buffer.array();
      this.offset = buffer.rpos();
      this.length = buffer.available();
      this.future = future;
    }
  }

  /**
   * Packets that go to the socket in one write.
   *
   * @param bytes the caller owns it
   * @param futures to complete with the write's outcome
   */
  record Batch(ByteBuf bytes, List<WriteFuture> futures) {}

  /** Completes when the packet's bytes are with the kernel. */
  static final class WriteFuture extends AbstractIoWriteFuture {
    WriteFuture(Object id) {
      super(id, null);
    }

    void complete(@Nullable Throwable failure) {
      setValue(failure == null ? true : failure);
    }
  }

  WriteFuture add(Buffer buffer, Object id) {
    WriteFuture future = new WriteFuture(id);
    Packet packet = new Packet(buffer, future);
    synchronized (this) {
      queue.add(packet);
    }
    return future;
  }

  /** The next packets, copied into one buffer, or null when there are none. */
  @Nullable Batch next(ByteBufAllocator allocator) {
    List<Packet> packets = new ArrayList<>();
    int bytes = 0;
    synchronized (this) {
      while (!queue.isEmpty()
          && (packets.isEmpty() || bytes + queue.element().length <= BATCH_BYTES)) {
        Packet packet = queue.remove();
        bytes += packet.length;
        packets.add(packet);
      }
    }
    if (packets.isEmpty()) {
      return null;
    }
    ByteBuf batch = allocator.directBuffer(bytes);
    List<WriteFuture> futures = new ArrayList<>(packets.size());
    for (Packet packet : packets) {
      batch.writeBytes(packet.bytes, packet.offset, packet.length);
      futures.add(packet.future);
    }
    return new Batch(batch, futures);
  }

  void fail(Throwable cause) {
    List<Packet> packets;
    synchronized (this) {
      packets = List.copyOf(queue);
      queue.clear();
    }
    packets.forEach(packet -> packet.future.complete(cause));
  }
}
