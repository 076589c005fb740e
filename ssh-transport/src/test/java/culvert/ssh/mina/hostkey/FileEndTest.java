package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FileEndTest {
  private static final byte[] LINE = "a line\n".getBytes(StandardCharsets.UTF_8);

  private final StringBuilder file = new StringBuilder("# mine\n");
  private final Disk disk = new Disk();
  private int room = 1000;
  private String others = "";

  /** What others append comes behind the first octets of ours. */
  private final class Disk implements SeekableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      if (room == 0) {
        file.append(others);
        throw new IOException("No space left on device");
      }
      int octets = Math.min(Math.min(room, 3), source.remaining());
      room -= octets;
      for (int i = 0; i < octets; i++) {
        file.append((char) source.get());
      }
      return octets;
    }

    @Override
    public long size() {
      return file.length();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      file.setLength((int) size);
      return this;
    }

    @Override
    public int read(ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel position(long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private boolean append(int size) throws IOException {
    return new FileEnd(disk, () -> {}).append(size, LINE);
  }

  @Test
  void whatIsWrittenInPiecesIsWhole() throws Exception {
    assertThat(append(file.length())).isTrue();
    assertThat(file).hasToString("# mine\na line\n");
  }

  @Test
  void aFileThatHasGrownOrShrunkIsLeftAlone() throws Exception {
    assertThat(append(file.length() - 1)).isFalse();
    assertThat(append(file.length() + 1)).isFalse();
    assertThat(file).hasToString("# mine\n");
  }

  @Test
  void aFullDiskLeavesNoHalfLine() {
    room = 4;
    assertThatThrownBy(() -> append(file.length())).hasMessage("No space left on device");
    assertThat(file).hasToString("# mine\n");
  }

  @Test
  void whatIsNotOnTheDiskIsTakenBack() {
    FileEnd end =
        new FileEnd(
            disk,
            () -> {
              throw new IOException("Input/output error");
            });
    assertThatThrownBy(() -> end.append(file.length(), LINE)).hasMessage("Input/output error");
    assertThat(file).hasToString("# mine\n");
  }

  @Test
  void whatOthersHaveAddedMeanwhileStaysOnAFullDisk() {
    room = 4;
    others = "theirs\n";
    assertThatThrownBy(() -> append(file.length())).hasMessage("No space left on device");
    assertThat(file).hasToString("# mine\na litheirs\n");
  }
}
