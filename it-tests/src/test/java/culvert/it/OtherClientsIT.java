package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.PythonFtp;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Python's ftplib, commons-net and {@code java.net.URL} through SOCKS, against embedded servers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@AnyTransport
class OtherClientsIT {
  private static final int LARGE = 20 * TestFile.MIB;

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;
  private Culvert culvert;

  @BeforeAll
  void start() throws Exception {
    Map<String, String> users = Map.of("amy", "secret");
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), users));
    sshServer = peers.add(EmbeddedSshServer.start(users));
    culvert =
        peers.add(
            Culvert.start(
                TestConfig.tunnel(
                    peers.directory(),
                    sshServer.port(),
                    ftpServer.port(),
                    sshServer.knownHostsLine())));
  }

  /** One channel per connection that the FTP server saw, and then some for data. */
  @AfterEach
  void everyControlConnectionWentThroughTheTunnel() {
    long control =
        sshServer.channelTargets().stream()
            .filter(target -> target.endsWith(":" + ftpServer.port()))
            .count();
    assertThat(ftpServer.connections()).isNotEmpty().hasSize((int) control);
    assertThat(sshServer.channelTargets()).hasSizeGreaterThan((int) control);
  }

  @RealPeers
  @ParameterizedTest(name = "SOCKS {0}, {1} bytes")
  @CsvSource({"5,0", "5,1", "5,1048576", "5," + LARGE, "4,0", "4,1", "4,1048576", "4," + LARGE})
  void pythonsFtplib(int version, long length) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), length);
    Path copy = peers.directory().resolve("download");

    Run<String> up = python(version, "upload", "python", file.path());
    Run<String> down = python(version, "download", "python", copy);
    Run<String> list = python(version, "list", "", "");

    assertThat(up.exitCode()).as(up.errors()).isZero();
    assertThat(up.output()).startsWith("226 ");
    assertThat(down.exitCode()).as(down.errors()).isZero();
    assertThat(Sha256.of(copy)).isEqualTo(file.content());
    assertThat(list.exitCode()).as(list.errors()).isZero();
    assertThat(list.output().lines()).contains("python");
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(longs = {0, 1, TestFile.MIB, LARGE})
  void commonsNet(long length) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), length);
    for (boolean epsv : new boolean[] {true, false}) {
      FTPClient ftp = new FTPClient();
      ftp.setProxy(proxy());
      ftp.setUseEPSVwithIPv4(epsv);
      ftp.setConnectTimeout(20_000);
      ftp.setDefaultTimeout(20_000);
      ftp.connect("127.0.0.1", ftpServer.port());
      assertThat(ftp.login("amy", "secret")).as(ftp.getReplyString()).isTrue();
      ftp.setFileType(FTP.BINARY_FILE_TYPE);
      ftp.enterLocalPassiveMode();
      try (InputStream in = Files.newInputStream(file.path())) {
        assertThat(ftp.storeFile("commons", in)).as(ftp.getReplyString()).isTrue();
      }
      Path copy = peers.directory().resolve("download");
      try (OutputStream out = Files.newOutputStream(copy)) {
        assertThat(ftp.retrieveFile("commons", out)).as(ftp.getReplyString()).isTrue();
      }
      assertThat(ftp.listNames()).as(ftp.getReplyString()).contains("commons");
      assertThat(ftp.logout()).isTrue();
      ftp.disconnect();

      assertThat(Sha256.of(copy)).isEqualTo(file.content());
      assertThat(Sha256.of(ftpServer.root().resolve("commons"))).isEqualTo(file.content());
    }
  }

  @Test
  void commonsNetResumesAndEntersDeepDirectories() throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 2 * TestFile.MIB);
    FTPClient ftp = new FTPClient();
    ftp.setProxy(proxy());
    ftp.setUseEPSVwithIPv4(true);
    ftp.setConnectTimeout(20_000);
    ftp.setDefaultTimeout(20_000);
    ftp.connect("127.0.0.1", ftpServer.port());
    assertThat(ftp.login("amy", "secret")).as(ftp.getReplyString()).isTrue();
    ftp.setFileType(FTP.BINARY_FILE_TYPE);
    ftp.enterLocalPassiveMode();
    for (String level : new String[] {"a", "b b", "c", "d", "e", "f"}) {
      assertThat(ftp.makeDirectory(level)).as(ftp.getReplyString()).isTrue();
      assertThat(ftp.changeWorkingDirectory(level)).as(ftp.getReplyString()).isTrue();
    }
    try (InputStream in = Files.newInputStream(file.path())) {
      assertThat(ftp.storeFile("deep", in)).as(ftp.getReplyString()).isTrue();
    }
    Path copy = peers.directory().resolve("download");
    byte[] whole = Files.readAllBytes(file.path());
    Files.write(copy, Arrays.copyOf(whole, 777_777));
    ftp.setRestartOffset(777_777);
    try (OutputStream out = Files.newOutputStream(copy, StandardOpenOption.APPEND)) {
      assertThat(ftp.retrieveFile("deep", out)).as(ftp.getReplyString()).isTrue();
    }
    assertThat(ftp.listFiles()).singleElement().matches(entry -> entry.getSize() == whole.length);
    ftp.disconnect();

    assertThat(Sha256.of(copy)).isEqualTo(file.content());
    assertThat(ftpServer.root().resolve("a/b b/c/d/e/f/deep")).hasBinaryContent(whole);
  }

  @Test
  @RealPeers
  void pythonsFtplibResumesInADeepDirectory() throws Exception {
    Path deep = Files.createDirectories(ftpServer.root().resolve("p/q/r/s/t"));
    TestFile file = TestFile.create(deep.resolve("deep"), 2 * TestFile.MIB);
    Path copy = peers.directory().resolve("download");
    Files.write(copy, Arrays.copyOf(Files.readAllBytes(file.path()), 123_456));

    Run<String> run = python(5, "resume", "p/q/r/s/t/deep", copy);

    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(Sha256.of(copy)).isEqualTo(file.content());
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(longs = {0, 1, TestFile.MIB, LARGE})
  void javaNetUrl(long length) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), length);

    URLConnection up = url("java;type=i").openConnection(proxy());
    up.setDoOutput(true);
    try (OutputStream out = up.getOutputStream()) {
      Files.copy(file.path(), out);
    }
    URLConnection down = url("java;type=i").openConnection(proxy());
    Sha256 content = Sha256.of(down.getInputStream());

    assertThat(content).isEqualTo(file.content());
    assertThat(Sha256.of(ftpServer.root().resolve("java"))).isEqualTo(file.content());
  }

  @Test
  void javaNetUrlListsADirectory() throws Exception {
    Files.writeString(ftpServer.root().resolve("listed"), "x");
    URLConnection list = url(";type=d").openConnection(proxy());
    try (InputStream in = list.getInputStream()) {
      assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .contains("listed");
    }
  }

  private java.net.URL url(String path) throws IOException {
    return URI.create("ftp://amy:secret@127.0.0.1:" + ftpServer.port() + "/" + path).toURL();
  }

  private Run<String> python(int version, String action, String name, Object file)
      throws IOException {
    return PythonFtp.run(
        peers.directory(),
        version,
        culvert.port(),
        "127.0.0.1",
        ftpServer.port(),
        "amy",
        "secret",
        action,
        name,
        file);
  }

  private Proxy proxy() {
    return new Proxy(
        Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), culvert.port()));
  }
}
