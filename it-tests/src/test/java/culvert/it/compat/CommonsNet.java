package culvert.it.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;

/**
 * Apache Commons Net, in this process.
 *
 * @param socks whether by the JDK's SOCKS
 */
record CommonsNet(boolean socks) implements FtpClientProgram {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int SOME_BYTES = 200_000;

  @Override
  public String name() {
    return socks ? "commons-net, JDK's SOCKS" : "commons-net";
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    return socks && !mode.isPassive() ? Optional.of(Mode.sourceIsChecked(task)) : Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    FTPClient ftp = login(site, mode);
    try (InputStream in = Files.newInputStream(file)) {
      assertThat(ftp.storeFile(name, in)).as(ftp.getReplyString()).isTrue();
    } finally {
      ftp.disconnect();
    }
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    FTPClient ftp = login(site, mode);
    try {
      download(ftp, name, file);
    } finally {
      ftp.disconnect();
    }
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    FTPClient ftp = login(site, mode);
    try {
      String[] names = ftp.listNames();
      assertThat(names).as(ftp.getReplyString()).isNotNull();
      return String.join("\n", names);
    } finally {
      ftp.disconnect();
    }
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    FTPClient ftp = login(site, mode);
    try {
      try (InputStream in = ftp.retrieveFileStream(large)) {
        assertThat(in).as(ftp.getReplyString()).isNotNull();
        assertThat(in.readNBytes(SOME_BYTES)).hasSize(SOME_BYTES);
        ftp.abort();
      }
      ftp.completePendingCommand();
      download(ftp, small, smallFile);
    } finally {
      ftp.disconnect();
    }
  }

  private static void download(FTPClient ftp, String name, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      assertThat(ftp.retrieveFile(name, out)).as(ftp.getReplyString()).isTrue();
    }
  }

  private FTPClient login(Site site, Mode mode) throws IOException {
    FTPClient ftp = new FTPClient();
    if (socks) {
      ftp.setProxy(site.proxy());
    }
    ftp.setConnectTimeout((int) DEADLINE.toMillis());
    ftp.setDefaultTimeout((int) DEADLINE.toMillis());
    ftp.setDataTimeout(DEADLINE);
    ftp.connect(site.host(), site.port());
    assertThat(ftp.login(site.user(), site.password())).as(ftp.getReplyString()).isTrue();
    assertThat(ftp.setFileType(FTP.BINARY_FILE_TYPE)).as(ftp.getReplyString()).isTrue();
    assertThat(ftp.changeWorkingDirectory(site.folder())).as(ftp.getReplyString()).isTrue();
    if (mode.isPassive()) {
      ftp.enterLocalPassiveMode();
    }
    return ftp;
  }
}
