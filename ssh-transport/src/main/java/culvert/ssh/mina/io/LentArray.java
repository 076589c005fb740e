package culvert.ssh.mina.io;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * The array in which a thread makes its next large packet, and encrypts it. When the packet has
 * gone to its socket, which has a copy, the array comes back for the next one; where MINA has
 * queued the packet, while keys are exchanged, it does not, and another one is made. One for each
 * thread.
 */
public final class LentArray {
  /** Larger ones are not kept. */
  private static final int LARGEST_BYTES = 64 * 1024;

  private static final byte[] NONE = {};

  private static final FastThreadLocal<LentArray> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected LentArray initialValue() {
          return new LentArray();
        }
      };

  private byte[] here = NONE;
  private byte[] lent = NONE;

  LentArray() {}

  /** The calling thread's own. */
  public static LentArray ofThread() {
    return OF_THREAD.get();
  }

  /**
   * The borrower's own until it is given back, and for ever where it is not. It holds what somebody
   * else has left in it.
   *
   * @param bytes how long it must be
   */
  public byte[] borrow(int bytes) {
    byte[] array = here.length >= bytes ? here : new byte[bytes];
    here = NONE;
    lent = array.length <= LARGEST_BYTES ? array : NONE;
    return array;
  }

  /** Nobody uses the array any more, which need not come from here. */
  void giveBack(byte[] array) {
    if (array == lent && array != NONE) {
      here = array;
      lent = NONE;
    }
  }
}
