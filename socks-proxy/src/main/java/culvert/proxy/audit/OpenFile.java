package culvert.proxy.audit;

import culvert.config.file.RegularFile;
import culvert.proxy.state.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is open to be added to, and that can tell whether it is still the one of its name.
 *
 * @param key which file it is, whatever its name; null: the file system does not say
 */
record OpenFile(Path path, FileChannel channel, @Nullable Object key) {

  /** Created for its owner alone if it is not there. */
  static OpenFile of(Path path) throws IOException {
    while (true) {
      FileChannel channel = channel(path);
      try {
        Object before = key(path);
        if (channel.size() == Files.size(path) && Objects.equals(before, key(path))) {
          return new OpenFile(path, channel, before);
        }
      } catch (NoSuchFileException e) {
        // Moved away since: once more.
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      channel.close();
    }
  }

  static FileChannel channel(Path file) throws IOException {
    try {
      RegularFile.require(file); // a pipe would keep whoever opens it
    } catch (NoSuchFileException e) {
      // It will be created.
    }
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
        OwnerOnly.file(file));
  }

  boolean isThere() throws IOException {
    try {
      return Objects.equals(key, key(path));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }
}
