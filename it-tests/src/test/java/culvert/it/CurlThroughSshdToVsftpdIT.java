package culvert.it;

import static culvert.it.TestFile.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job: curl, SOCKS, a rule, sshd, vsftpd; the password comes from the FTP dialogue. */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CurlThroughSshdToVsftpdIT {
  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd().withCulvert();

  /** Every byte that reached vsftpd came through sshd. */
  @AfterEach
  void everyConnectionWasADirectTcpipChannel() throws IOException {
    List<Integer> data = new ArrayList<>(peers.sshd().directTcpipPorts());
    long control = data.stream().filter(port -> port == peers.vsftpd().port()).count();
    data.removeIf(port -> port == peers.vsftpd().port());
    assertThat(peers.vsftpd().controlConnections()).isPositive().isEqualTo(control);
    assertThat(peers.vsftpd().passivePorts()).isEqualTo(data);
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(longs = {0, 1, MIB, 300L * MIB})
  void filesComeDownWhole(long length) throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), length);

    Run<Sha256> run = curl("--socks5-hostname").digest(peers.url("file"));

    assertThat(run).isEqualTo(new Run<>(0, file.content(), ""));
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(longs = {0, 1, MIB, 300L * MIB})
  void filesGoUpWhole(long length) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), length);

    Run<String> run =
        curl("--socks5-hostname").text("--upload-file", file.path().toString(), peers.url("file"));

    assertThat(run).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--socks5", "--socks5-hostname", "--socks4", "--socks4a"})
  void everySocksVersionWorksBothWays(String version) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 100_000);
    CurlClient curl = curl(version);

    Run<String> up = curl.text("--upload-file", file.path().toString(), peers.url("file"));
    Run<Sha256> down = curl.digest(peers.url("file"));

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--socks5", "--socks5-hostname", "--socks4", "--socks4a"})
  void inTransparentPassiveModeControlAndDataGoThroughTheTunnel(String version) throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 100_000);

    Run<Sha256> run = curl(version).digest("--disable-epsv", peers.url("file"));

    assertThat(run).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(peers.vsftpd().log()).contains("FTP command: Client \"127.0.0.1\", \"PASV\"");
  }

  @Test
  void aNameIsResolvedByTheSshServer() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 1000);

    Run<Sha256> run =
        curl("--socks5-hostname").digest(peers.url("file").replace("127.0.0.1", "localhost"));

    assertThat(run).isEqualTo(new Run<>(0, file.content(), ""));
  }

  @Test
  void directoriesAreListedInFullAndByName() throws Exception {
    TestFile.create(peers.home().resolve("one.txt"), 10);
    TestFile.create(peers.home().resolve("two words.txt"), 20);

    Run<String> full = curl("--socks5-hostname").text(peers.url(""));
    Run<String> names = curl("--socks5-hostname").text("--list-only", peers.url(""));

    assertThat(full.exitCode()).as(full.errors()).isZero();
    assertThat(full.output().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("-rw") && line.endsWith(" one.txt"))
        .anyMatch(line -> line.startsWith("-rw") && line.endsWith(" two words.txt"));
    assertThat(names.exitCode()).as(names.errors()).isZero();
    assertThat(names.output().lines()).containsExactlyInAnyOrder("one.txt", "two words.txt");
  }

  @Test
  void downloadsResumeWhereTheyStopped() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 3 * MIB);
    Path part = peers.directory().resolve("part");
    byte[] whole = Files.readAllBytes(file.path());
    Files.write(part, Arrays.copyOf(whole, MIB + 17));

    Run<String> run =
        curl("--socks5-hostname")
            .text("--continue-at", "-", "--output", part.toString(), peers.url("file"));

    assertThat(run).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(part)).isEqualTo(file.content());
    assertThat(peers.vsftpd().log()).contains("\"REST " + (MIB + 17) + "\"");
  }

  @Test
  void uploadsAreAppendedTo() throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 2 * MIB);
    byte[] whole = Files.readAllBytes(file.path());
    Path part = Files.write(peers.home().resolve("file"), Arrays.copyOf(whole, MIB - 3));
    TestAccount.give(part);

    Run<String> run =
        curl("--socks5-hostname")
            .text("--continue-at", "-", "--upload-file", file.path().toString(), peers.url("file"));

    assertThat(run).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(part)).isEqualTo(file.content());
  }

  @Test
  void deepDirectoriesAreMadeAndEntered() throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 12_345);
    String deep = "a/b b/c/d/e/f/g/h/file".replace(" ", "%20");

    Run<String> up =
        curl("--socks5-hostname")
            .text("--ftp-create-dirs", "--upload-file", file.path().toString(), peers.url(deep));
    Run<Sha256> down = curl("--socks5-hostname").digest(peers.url(deep));

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(peers.home().resolve("a/b b/c/d/e/f/g/h/file")).isRegularFile();
  }

  @Test
  void severalFilesShareOneControlConnection() throws Exception {
    TestFile one = TestFile.create(peers.home().resolve("one"), 70_000);
    TestFile.create(peers.home().resolve("two"), 5);
    long before = peers.vsftpd().controlConnections();
    Path copy = peers.directory().resolve("copy-one");

    Run<String> run =
        curl("--socks5-hostname")
            .text(
                "--output",
                copy.toString(),
                peers.url("one"),
                "--output",
                peers.directory().resolve("copy-two").toString(),
                peers.url("two"));

    assertThat(run).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(copy)).isEqualTo(one.content());
    assertThat(peers.directory().resolve("copy-two")).hasSize(5);
    assertThat(peers.vsftpd().controlConnections()).isEqualTo(before + 1);
  }

  @Test
  void aFileThatIsNotThereIsCurlsOwnError() throws Exception {
    Run<String> run = curl("--socks5-hostname").text(peers.url("nothing"));

    assertThat(run.exitCode()).isEqualTo(78);
    assertThat(run.errors()).isEqualToIgnoringNewLines("curl: (78) The file does not exist");
  }

  private CurlClient curl(String proxyOption) {
    return CurlClient.through(
        proxyOption, peers.culvert().port(), TestAccount.USER, TestAccount.password());
  }
}
