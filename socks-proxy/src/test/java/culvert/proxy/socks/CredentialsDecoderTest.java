package culvert.proxy.socks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Secret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsDecoderTest {
  private static final byte[] MESSAGE = "\1\3amy\6secret".getBytes(US_ASCII);

  private final List<ByteBuf> buffers = new ArrayList<>();

  @ParameterizedTest(name = "in pieces of {0} bytes")
  @ValueSource(ints = {1, 2, 5, 12})
  void thePasswordIsInNoBufferAnyMore(int size) {
    EmbeddedChannel channel = new EmbeddedChannel(new CredentialsDecoder());
    send(channel, size, MESSAGE.length);

    Credentials credentials = channel.readInbound();
    assertThat(credentials.checkedAgainst(Map.of("amy", new Secret("secret")))).contains("amy");
    assertWiped(channel);
  }

  @ParameterizedTest(name = "in pieces of {0} bytes")
  @ValueSource(ints = {1, 4, 11})
  void thePartOfAClientThatHangsUpIsWipedToo(int size) {
    EmbeddedChannel channel = new EmbeddedChannel(new CredentialsDecoder());
    send(channel, size, MESSAGE.length - 1);

    assertWiped(channel);
    assertThat(channel.inboundMessages()).isEmpty();
  }

  private void send(EmbeddedChannel channel, int size, int length) {
    for (int at = 0; at < length; at += size) {
      ByteBuf piece = Unpooled.copiedBuffer(MESSAGE, at, Math.min(size, length - at));
      buffers.add(piece.retain());
      channel.writeInbound(piece);
    }
  }

  private void assertWiped(EmbeddedChannel channel) {
    channel.close();
    for (ByteBuf buffer : buffers) {
      assertThat(buffer.toString(0, buffer.writerIndex(), ISO_8859_1)).matches("\0*");
      assertThat(buffer.release()).as("nobody else holds it").isTrue();
    }
  }
}
