package culvert.proxy.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrailReaderTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("audit.jsonl");
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  private Path compress(String name, String... lines) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(octets)) {
      out.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    }
    return Files.write(directory.resolve(name), octets.toByteArray());
  }

  private static List<String> read(TrailReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    reader.read(line -> lines.add(new String(line.octets(), UTF_8)));
    return lines;
  }

  @Test
  void filesAreReadInTheOrderOfTheirNames() throws Exception {
    write("audit.jsonl", "7");
    write("audit-20261130T120000000Z.jsonl", "6");
    compress("audit-20261129T120000000Z.jsonl.gz", "5");
    write("audit.jsonl-20261128", "4");
    compress("audit-20261127.jsonl.gz", "3");
    write("audit.jsonl.1", "2");
    compress("audit.jsonl.10.gz", "1");
    write("audit-0193777c-3000-7000-8000-000000000001.jsonl", "8");
    write("audit-notes.jsonl", "mine");
    Files.createDirectory(directory.resolve("audit-20261130T130000000Z.jsonl"));

    assertThat(read(TrailReader.of(file))).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
    List<Path> named = new ArrayList<>(TrailReader.of(file).files());
    java.util.Collections.shuffle(named, new java.util.Random(1));
    assertThat(read(TrailReader.of(named))).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
  }

  @Test
  void whatIsPutAsideAndCompressedMeanwhileIsReadOnce() throws Exception {
    write("audit-20261130T120000000Z.jsonl", "1", "2");
    write("audit.jsonl", "3", "4");
    TrailReader reader = TrailReader.of(file);
    Files.delete(directory.resolve("audit-20261130T120000000Z.jsonl"));
    compress("audit-20261130T120000000Z.jsonl.gz", "1", "2");
    Files.delete(file);
    compress("audit-20261130T130000000Z.jsonl.gz", "3", "4");
    write("audit.jsonl", "5");

    assertThat(read(reader)).containsExactly("1", "2", "3", "4");
    assertThat(read(TrailReader.of(file))).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void aFileThatIsCutOffIsReadAsFarAsItGoesAndNamed() throws Exception {
    String[] many = new String[5_000];
    Arrays.setAll(many, i -> Integer.toString(i * 7_919));
    Path cut = compress("audit-20261130T120000000Z.jsonl.gz", many);
    byte[] octets = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(octets, octets.length / 2));
    List<TrailLine> lines = new ArrayList<>();
    TrailReader reader = TrailReader.of(file);

    assertThatThrownBy(() -> reader.read(lines::add))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            cut + ":" + lines.size() + ": cannot be read behind this line: it ends too soon");
    assertThat(lines).hasSizeBetween(500, 4_500);
  }

  @Test
  void aLineOfManyMegabytesIsOneLineOfWhichLittleIsHeld() throws Exception {
    byte[] long1 = new byte[5 << 20];
    long1[long1.length - 1] = '\n';
    Files.write(file, long1);
    Files.writeString(file, "{}\n", java.nio.file.StandardOpenOption.APPEND);
    List<TrailLine> lines = new ArrayList<>();
    TrailReader.of(file).read(lines::add);

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).octets()).hasSize(LineInput.LONGEST);
    assertThat(lines.get(0).hash()).isEqualTo(LineHash.of(Arrays.copyOf(long1, (5 << 20) - 1)));
  }

  @Test
  void aLineWithoutAnEndSaysSo() throws Exception {
    Files.writeString(file, "{}\n{\"v\"");
    List<TrailLine> lines = new ArrayList<>();
    TrailReader reader = TrailReader.of(file);
    reader.read(lines::add);

    assertThat(lines.stream().map(TrailLine::whole)).containsExactly(true, false);
    assertThat(reader.heads()).containsExactly(LineHash.of("{}".getBytes(UTF_8)));
  }

  @Test
  void everyWriterHasAHead() throws Exception {
    write("audit-20261130T120000000Z.jsonl", "1", "2");
    write("audit.jsonl");
    write("audit-0193777c-3000-7000-8000-000000000001.jsonl", "8");

    assertThat(TrailReader.of(file).heads())
        .containsExactly(LineHash.of("2".getBytes(UTF_8)), LineHash.of("8".getBytes(UTF_8)));
  }

  @Test
  void aFileThatIsNamedHasToBeThere() {
    assertThatThrownBy(() -> TrailReader.of(List.of(file))).isInstanceOf(NoSuchFileException.class);
  }
}
