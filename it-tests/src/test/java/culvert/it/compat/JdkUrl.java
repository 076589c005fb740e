package culvert.it.compat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * {@code java.net.URL}, in this process. Closing the stream ends all.
 *
 * @param socks whether by the JDK's SOCKS
 */
record JdkUrl(boolean socks) implements FtpClientProgram {
  private static final int DEADLINE_MILLIS = 20_000;
  private static final int SOME_BYTES = 200_000;

  @Override
  public String name() {
    return socks ? "JDK `ftp:` URL, JDK's SOCKS" : "JDK `ftp:` URL";
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    if (!mode.isPassive()) {
      return Optional.of(
          new Reason(
              socks
                  ? "the JDK's `ftp:` URLs are never active behind a SOCKS proxy"
                  : "the JDK's `ftp:` URLs are active only where the server has no passive mode",
              false));
    }
    return task == Task.ABORT && server.equals("pure-ftpd")
        ? Optional.of(
            new Reason(
                "a JDK `ftp:` URL that is closed early waits for a reply that pure-ftpd does not"
                    + " give, with and without Culvert",
                false))
        : Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    URLConnection connection = open(site, name + ";type=i");
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      Files.copy(file, out);
    }
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    try (InputStream in = open(site, name + ";type=i").getInputStream()) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    try (InputStream in = open(site, ";type=d").getInputStream()) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    try (InputStream in = open(site, large + ";type=i").getInputStream()) {
      assertThat(in.readNBytes(SOME_BYTES)).hasSize(SOME_BYTES);
    }
    download(site, mode, small, smallFile);
  }

  private URLConnection open(Site site, String path) throws IOException {
    URL url = URI.create(site.urlWithAccount(path)).toURL();
    URLConnection connection = socks ? url.openConnection(site.proxy()) : url.openConnection();
    connection.setConnectTimeout(DEADLINE_MILLIS);
    connection.setReadTimeout(DEADLINE_MILLIS);
    return connection;
  }
}
