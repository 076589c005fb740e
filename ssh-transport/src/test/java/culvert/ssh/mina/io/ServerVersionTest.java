package culvert.ssh.mina.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StreamCorruptedException;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVersionTest {
  private final ServerVersion version = new ServerVersion();

  private static Buffer bytes(String text) {
    return new ByteArrayBuffer(text.getBytes(UTF_8));
  }

  private void assertRefused(String text, String reason) {
    assertThatThrownBy(() -> version.read(bytes(text)))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void theVersionIsFoundAndWhatFollowsItIsLeft() throws Exception {
    Buffer buffer = bytes("SSH-2.0-Some_1.2 of ours\r\nmore");

    assertThat(version.read(buffer)).contains("SSH-2.0-Some_1.2 of ours");
    assertThat(buffer.available()).isEqualTo(4);
  }

  @Test
  void aVersionMayEndWithoutCr() throws Exception {
    assertThat(version.read(bytes("SSH-2.0-Some\n"))).contains("SSH-2.0-Some");
  }

  @Test
  void linesMayComeBeforeIt() throws Exception {
    String longest = "x".repeat(ServerVersion.MAX_LINE_BYTES);

    assertThat(
            version.read(bytes("Welcome\r\n\r\n" + longest + "\r\n not SSH-2.0-\nSSH-2.0-A\r\n")))
        .contains("SSH-2.0-A");
  }

  @Test
  void lines1023MayComeBeforeItAndNoMore() throws Exception {
    assertThat(version.read(bytes("x\n".repeat(1023) + "SSH-2.0-A\r\n"))).contains("SSH-2.0-A");
    assertThatThrownBy(() -> new ServerVersion().read(bytes("x\n".repeat(1024))))
        .hasMessage("no SSH version in 1024 lines");
  }

  @Test
  void aLineOfMoreThan8192BytesIsRefusedBeforeItsEnd() throws Exception {
    assertThat(version.read(bytes("x".repeat(8192)))).isEmpty();
    assertRefused("x", "line of more than 8192 bytes before the key exchange: xxx");
  }

  @Test
  void aVersionHas255BytesAtMost() throws Exception {
    String longest = "SSH-2.0-" + "x".repeat(245);

    assertThat(version.read(bytes(longest + "\r\n"))).contains(longest);
    assertThatThrownBy(() -> new ServerVersion().read(bytes(longest + "x\r\n")))
        .hasMessageStartingWith("SSH version of 254 bytes (expected: at most 253): SSH-2.0-xxx");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"a\\0b, NUL", "\\0, NUL", "SSH-2.0-a\\0, NUL", "a\\rb, CR", "SSH-2.0\\r-b, CR"})
  void aNulOrACrInALineIsRefused(String escaped, String which) {
    String text = escaped.replace("\\0", "\0").replace("\\r", "\r") + "\n";

    assertRefused(text, which + " in a line before the key exchange: ");
  }

  @Property(tries = 200, seed = "1")
  void piecesMakeNoDifference(
      @ForAll @IntRange(min = 0, max = 400) int width, @ForAll @IntRange(min = 1, max = 90) int cut)
      throws Exception {
    ServerVersion inPieces = new ServerVersion();
    String all = "y".repeat(width) + "\r\n\nSSH-2.0-é\r\nrest";
    byte[] octets = all.getBytes(UTF_8);
    Optional<String> found = Optional.empty();
    int at = 0;
    while (found.isEmpty()) {
      int length = Math.min(cut, octets.length - at);
      Buffer piece = new ByteArrayBuffer(octets, at, length);
      found = inPieces.read(piece);
      at += length - piece.available();
    }

    assertThat(found).contains("SSH-2.0-é");
    assertThat(octets.length - at).isEqualTo(4);
  }
}
