package culvert.ssh.mina.auth;

import java.io.IOException;
import java.util.Arrays;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;

/** Sends packets that carry a secret. */
final class SecretPacket {
  /** Packet header, padding and MAC: with this much to spare MINA never copies the buffer. */
  static final int OVERHEAD = 512;

  private SecretPacket() {}

  /**
   * Writes the packet, which is encrypted in place, and overwrites it when it is on its way. During
   * a key exchange it waits in the clear until that is done.
   */
  static void write(ClientSession session, Buffer packet) throws IOException {
    byte[] array = packet.array();
    session.writePacket(packet).addListener(written -> Arrays.fill(array, (byte) 0));
  }
}
