package culvert.config.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegularFileTest {
  private static final int MOST = 64 << 10;

  @TempDir private Path directory;

  @Test
  void readsARegularFileAndALinkToOne() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertThat(RegularFile.read(file, MOST)).asString(UTF_8).isEqualTo("content");
    assertThat(RegularFile.read(link, MOST)).asString(UTF_8).isEqualTo("content");
    assertThatCode(() -> RegularFile.require(link)).doesNotThrowAnyException();
  }

  @Test
  void aPipeWithoutAWriterHoldsUpNobody() throws Exception {
    Path pipe = Pipes.make(directory.resolve("pipe"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), pipe);

    isRefused(pipe, "a pipe (expected: a regular file)");
    isRefused(link, "a pipe (expected: a regular file)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/zero", "/dev/tty"})
  void aDeviceIsRefused(Path device) {
    isRefused(device, "a device (expected: a regular file)");
  }

  @Test
  void aDirectoryIsRefused() {
    isRefused(directory, "a directory (expected: a regular file)");
  }

  @Test
  void aSocketIsRefused() throws IOException {
    Path path = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));

      isRefused(path, "a socket (expected: a regular file)");
    }
  }

  @Test
  void theEmptyDeviceIsAnEmptyFile() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));

    assertThat(RegularFile.read(Path.of("/dev/null"), MOST)).isEmpty();
    assertThat(RegularFile.read(link, MOST)).isEmpty();
  }

  @Test
  void whatIsNotThereIsToldApart() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> RegularFile.read(missing, MOST))
        .isInstanceOf(NoSuchFileException.class);
    isRefused(missing, "no such file");
  }

  @Test
  void aFileMayBeAsLargeAsAllowedAndNoLarger() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[MOST]);

    assertThat(RegularFile.read(file, MOST)).hasSize(MOST);
    assertThatThrownBy(() -> RegularFile.read(file, MOST - (1 << 10)))
        .hasMessage("larger than 63 KiB");
    assertThatThrownBy(
            () -> RegularFile.read(new ByteArrayInputStream(new byte[(1 << 20) + 1]), 1 << 20))
        .hasMessage("larger than 1 MiB");
  }

  private static void isRefused(Path file, String why) {
    assertThatThrownBy(() -> RegularFile.read(file, MOST))
        .isInstanceOfSatisfying(
            IOException.class, e -> assertThat(RegularFile.reason(e)).isEqualTo(why));
    assertThatThrownBy(() -> RegularFile.require(file)).isInstanceOf(IOException.class);
  }

  @Test
  void aFileThatGrowsWhileItIsReadIsNotTooLarge() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "before");
    try (InputStream in =
        new FilterInputStream(Files.newInputStream(file)) {
          @Override
          public byte[] readNBytes(int most) throws IOException {
            byte[] octets = in.readNBytes(most);
            Files.writeString(file, "after", StandardOpenOption.APPEND);
            return octets;
          }
        }) {
      assertThat(RegularFile.read(in, MOST)).asString(UTF_8).isEqualTo("before");
    }
  }
}
