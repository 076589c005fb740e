package culvert.it.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The account that {@code install.sh} made; real sshd and vsftpd both know it. */
public final class TestAccount {
  public static final String USER = "culvert-test";

  static final Path PASSWORD_FILE = Path.of("/etc/culvert-test/password");
  private static final Path HOME = Path.of("/var/lib/culvert-test");

  private TestAccount() {}

  public static String password() {
    try {
      return Files.readString(PASSWORD_FILE).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new directory in the account's home, which is where vsftpd's sessions start. */
  public static Path newDirectory() throws IOException {
    Path directory = Files.createTempDirectory(HOME, "it-");
    give(directory);
    return directory;
  }

  /** Makes the account the owner of a file. */
  public static void give(Path file) throws IOException {
    UserPrincipal owner =
        file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
    Files.setOwner(file, owner);
  }

  /** Lets everybody read a directory. */
  public static void openToAll(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A path as FTP sessions name it, which start in the account's home. */
  public static String below(Path path) {
    return HOME.relativize(path).toString();
  }

  public static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(directory)) {
      files = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
