package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What root creates in somebody's directory is given to whom that directory belongs, or they could
 * not read it. Nobody else can give files away, and nothing happens then. Blocks.
 */
final class GivenFiles {
  private static final Logger log = LoggerFactory.getLogger(GivenFiles.class);

  private GivenFiles() {}

  /**
   * Owner and group of the directory that it is in.
   *
   * @param created a moment ago by this process; what stands there instead by now is not followed
   */
  static void giveToDirectorysOwner(Path created) {
    try {
      Path real = created.toRealPath();
      @Nullable Path directory = real.getParent();
      @Nullable PosixFileAttributeView file = view(real);
      if (directory == null || file == null) {
        return;
      }
      PosixFileAttributes above =
          Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!file.readAttributes().owner().equals(above.owner())) {
        file.setOwner(above.owner());
        file.setGroup(above.group());
      }
    } catch (IOException e) {
      log.debug("{} stays ours", created, e);
    }
  }

  private static @Nullable PosixFileAttributeView view(Path file) {
    return Files.getFileAttributeView(
        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }
}
