package culvert.it.secrets;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import culvert.it.peers.Run;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks for a text in the memory of a JVM: in a heap dump, or in all that the process can write.
 */
final class ProcessMemory {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int BLOCK_BYTES = 8 << 20;
  private static final int SURROUNDINGS = 48;

  /** What G1 says of itself. */
  private static final Pattern HEAP =
      Pattern.compile("garbage-first heap .*\\[0x([0-9a-f]+), 0x([0-9a-f]+)\\)");

  private final long pid;
  private final Path directory;

  /**
   * @param directory for dumps, which are deleted when they have been searched
   */
  ProcessMemory(long pid, Path directory) {
    this.pid = pid;
    this.directory = directory;
  }

  /**
   * Searches a heap dump for a text, as UTF-8 (and Latin-1, for ASCII) and as UTF-16.
   *
   * @param live whether only what can be reached is dumped, after a full collection
   * @return what stands around each occurrence, made printable
   */
  List<String> findInHeap(boolean live, String text) throws Exception {
    Path dump = directory.resolve("heap-" + pid + ".hprof");
    jcmd("GC.heap_dump", live ? "" : "-all", dump.toString());
    try (RandomAccessFile file = new RandomAccessFile(dump.toFile(), "r")) {
      return find(file, 0, file.length(), text, "");
    } finally {
      Files.delete(dump);
    }
  }

  /**
   * Searches all memory outside the heap that the process can write, direct buffers above all.
   * Linux only, and with the rights of ptrace. In the heap itself there may be copies that the
   * collector has moved away from, and nobody can wipe those.
   */
  List<String> findOutsideHeap(String text) throws Exception {
    List<String> found = new ArrayList<>();
    Matcher heap = HEAP.matcher(jcmd("GC.heap_info"));
    if (!heap.find()) {
      throw new IOException("no heap in: " + jcmd("GC.heap_info"));
    }
    long heapStart = Long.parseUnsignedLong(heap.group(1), 16);
    long heapEnd = Long.parseUnsignedLong(heap.group(2), 16);
    try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
        String[] words = line.split("[ -]", 4);
        long start = Long.parseUnsignedLong(words[0], 16);
        long end = Long.parseUnsignedLong(words[1], 16);
        boolean heapItself = start >= heapStart && end <= heapEnd;
        if (words[2].startsWith("rw") && !heapItself) {
          found.addAll(find(memory, start, end, text, line.strip() + ": "));
        }
      }
    }
    return found;
  }

  private String jcmd(String... command) throws Exception {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    all.add(Long.toString(pid));
    Stream.of(command).filter(word -> !word.isEmpty()).forEach(all::add);
    Run<String> run = Run.text(DEADLINE, all);
    if (run.exitCode() != 0) {
      throw new IOException(all + ": " + run);
    }
    return run.output();
  }

  private static List<String> find(
      RandomAccessFile in, long start, long end, String text, String where) throws IOException {
    List<byte[]> patterns =
        List.of(text.getBytes(UTF_8), text.getBytes(UTF_16BE), text.getBytes(UTF_16LE));
    List<String> found = new ArrayList<>();
    int overlap = text.length() * 2 + 2 * SURROUNDINGS;
    byte[] block = new byte[BLOCK_BYTES + overlap];
    for (long position = start; position < end; position += BLOCK_BYTES) {
      int length = (int) Math.min(block.length, end - position);
      in.seek(position);
      try {
        in.readFully(block, 0, length);
      } catch (IOException notBacked) {
        continue; // reserved only, or unmapped in between
      }
      for (byte[] pattern : patterns) {
        for (int at = 0; (at = indexOf(block, length, pattern, at)) >= 0; at++) {
          if (at < BLOCK_BYTES) {
            found.add(where + surroundings(block, length, at, pattern.length));
          }
        }
      }
    }
    return found;
  }

  private static int indexOf(byte[] block, int length, byte[] pattern, int from) {
    for (int i = from; i <= length - pattern.length; i++) {
      if (block[i] == pattern[0]
          && Arrays.equals(block, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i;
      }
    }
    return -1;
  }

  private static String surroundings(byte[] block, int length, int at, int size) {
    StringBuilder text = new StringBuilder();
    for (int i = Math.max(0, at - SURROUNDINGS);
        i < Math.min(length, at + size + SURROUNDINGS);
        i++) {
      text.append(block[i] >= ' ' && block[i] < 127 ? (char) block[i] : '.');
    }
    return text.toString();
  }
}
