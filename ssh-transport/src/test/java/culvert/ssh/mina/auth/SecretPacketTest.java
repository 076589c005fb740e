package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.nio.charset.StandardCharsets;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

class SecretPacketTest {

  private static final class Written extends AbstractIoWriteFuture {
    Written() {
      super("test", null);
    }
  }

  @Test
  void thePacketIsWipedOnceItIsWrittenAndNotBefore() throws Exception {
    Buffer packet = new ByteArrayBuffer(64);
    packet.putBytes("secret".getBytes(StandardCharsets.UTF_8));
    Written written = new Written();
    ClientSession session = mock(ClientSession.class);
    when(session.writePacket(any(Buffer.class))).thenReturn(written);

    SecretPacket.write(session, packet);
    assertThat(new String(packet.array(), StandardCharsets.US_ASCII)).contains("secret");

    written.setValue(true);
    assertThat(packet.array()).containsOnly(0);
  }
}
