package culvert.bench.rig;

import culvert.it.Opened;
import culvert.it.peers.CurlClient;
import culvert.it.peers.PamService;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A vsftpd whose files are in memory, where there is room for them. It lets the test account in
 * with any password, since a hash would cost more than all that is measured, and no further than
 * there.
 */
public final class FtpSite implements AutoCloseable {
  /** What a MB is here: as disks and networks count. */
  public static final int MEGABYTE = 1_000_000;

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final int BLOCK = 250_000;

  private final Opened opened;
  private final Path directory;
  private final RealVsftpd vsftpd;

  private FtpSite(Opened opened, Path directory, RealVsftpd vsftpd) {
    this.opened = opened;
    this.directory = directory;
    this.vsftpd = vsftpd;
  }

  /**
   * Starts it.
   *
   * @param megabytes that its files will have at once
   */
  @SuppressWarnings("try") // what has been opened closes as it likes
  public static FtpSite start(long megabytes) throws Exception {
    Opened opened = new Opened();
    try {
      Path directory = directory(megabytes);
      opened.add(() -> TestAccount.delete(directory));
      TestAccount.give(directory);
      PamService testAccountAlone =
          opened.add(
              PamService.create(
                  "auth requisite pam_succeed_if.so quiet user = " + TestAccount.USER,
                  "auth required pam_permit.so",
                  "account required pam_permit.so",
                  "session required pam_permit.so"));
      RealVsftpd vsftpd =
          opened.add(
              RealVsftpd.start(
                  "pam_service_name=" + testAccountAlone.name(),
                  "chroot_local_user=YES",
                  "allow_writeable_chroot=YES",
                  "local_root=" + directory,
                  "log_ftp_protocol=NO",
                  "xferlog_enable=NO"));
      return new FtpSite(opened, directory, vsftpd);
    } catch (Exception e) {
      try (opened) {
        throw e;
      }
    }
  }

  /** In memory if there is room, on the disk else. */
  private static Path directory(long megabytes) throws IOException {
    Path disk = Path.of(System.getProperty("java.io.tmpdir"));
    boolean tmpfs = Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).type().equals("tmpfs");
    Path place = tmpfs && megabytesFree(MEMORY) >= megabytes ? MEMORY : disk;
    if (megabytesFree(place) < megabytes) {
      throw new IOException(
          place
              + " has "
              + megabytesFree(place)
              + " MB (expected: "
              + megabytes
              + "; a smaller --size needs less)");
    }
    Path directory = Files.createTempDirectory(place, "culvert-bench-");
    TestAccount.openToAll(directory);
    return directory;
  }

  private static long megabytesFree(Path place) throws IOException {
    return Files.getFileStore(place).getUsableSpace() / MEGABYTE;
  }

  /** Whether its files are in memory, and not on a disk, for want of room. */
  public boolean isInMemory() {
    return directory.startsWith(MEMORY);
  }

  public int port() {
    return vsftpd.port();
  }

  /** Where the file is, for the site and for who uploads it; made at the first call. */
  public Path file(int bytes) throws IOException {
    Path file = directory.resolve("bytes-" + bytes);
    if (!Files.exists(file)) {
      byte[] block = new byte[BLOCK];
      new Random(bytes).nextBytes(block);
      try (OutputStream out = Files.newOutputStream(file)) {
        for (int left = bytes; left > 0; left -= BLOCK) {
          out.write(block, 0, Math.min(left, BLOCK));
        }
      }
    }
    return file;
  }

  public String url(String file) {
    return "ftp://127.0.0.1:" + port() + "/" + file;
  }

  /** Takes what was uploaded under that name, and says how many bytes it had. */
  public long takeUploaded(String name) throws IOException {
    Path file = directory.resolve(name);
    long bytes = Files.size(file);
    Files.delete(file);
    return bytes;
  }

  /** A client that goes there through a proxy, which looks names up. */
  public CurlClient through(ProxyUnderTest proxy) {
    return CurlClient.through(
        "--socks5-hostname", proxy.port(), TestAccount.USER, TestAccount.password());
  }

  /** A client that knows of no proxy. */
  public CurlClient directly() {
    return CurlClient.direct(TestAccount.USER, TestAccount.password());
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened);
  }
}
