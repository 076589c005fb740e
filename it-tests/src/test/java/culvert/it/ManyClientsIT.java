package culvert.it;

import static culvert.it.TestFile.MIB;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.RealPeers;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many clients at once and many files in a row; afterwards everything is as it was. */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyClientsIT {
  private static final int CLIENTS = 50;
  private static final int SMALL_FILES = 1000;
  private static final int TIMEOUT_MILLIS = 60_000;

  @RegisterExtension
  final Peers peers =
      new Peers()
          .withSshd()
          .withVsftpd()
          .withCulvert(config -> config.profile("idle-timeout", "1s"));

  @Test
  void fiftyClientsTransferAtOnce() throws Exception {
    transferAtOnce(
        TestFile.create(peers.directory().resolve("small"), 1000)); // every thread is there
    Resources before = Resources.whenQuiet();

    transferAtOnce(TestFile.create(peers.directory().resolve("large"), 3 * MIB + 17));

    assertThat(Resources.whenBackAt(before)).matches(after -> after.fitsInto(before), "" + before);
    await("sshd's sessions end")
        .atMost(Duration.ofSeconds(20))
        .until(() -> peers.sshd().sessions() == 0);
  }

  @Test
  void aThousandSmallFilesGoOverOneControlConnection() throws Exception {
    FTPClient ftp = login();
    roundTrip(ftp, -1);
    Resources before = Resources.whenQuiet();
    for (int i = 0; i < SMALL_FILES; i++) {
      roundTrip(ftp, i);
    }
    assertThat(Resources.whenBackAt(before)).matches(after -> after.fitsInto(before), "" + before);
    assertThat(ftp.logout()).isTrue();
    ftp.disconnect();
    assertThat(peers.home().resolve("small")).hasContent("content of file " + (SMALL_FILES - 2));
  }

  private void transferAtOnce(TestFile file) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      CyclicBarrier allLoggedIn = new CyclicBarrier(CLIENTS);
      List<Future<Sha256>> jobs = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        String name = "client-" + client;
        jobs.add(threads.submit(() -> upAndDown(file, name, allLoggedIn)));
      }
      for (Future<Sha256> job : jobs) {
        assertThat(job.get(240, TimeUnit.SECONDS)).isEqualTo(file.content());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  /** Uploads the even ones and downloads the odd ones. */
  private void roundTrip(FTPClient ftp, int number) throws IOException {
    String content = "content of file " + (number & ~1);
    if ((number & 1) == 0) {
      InputStream in = new ByteArrayInputStream(content.getBytes(US_ASCII));
      assertThat(ftp.storeFile("small", in)).as(ftp.getReplyString()).isTrue();
    } else if (number > 0) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(ftp.retrieveFile("small", out)).as(ftp.getReplyString()).isTrue();
      assertThat(out.toString(US_ASCII)).isEqualTo(content);
    }
  }

  private Sha256 upAndDown(TestFile file, String name, CyclicBarrier loggedIn) throws Exception {
    FTPClient ftp = login();
    loggedIn.await(150, TimeUnit.SECONDS);
    try (InputStream in = Files.newInputStream(file.path())) {
      assertThat(ftp.storeFile(name, in)).as(ftp.getReplyString()).isTrue();
    }
    Sha256 content = Sha256.of(ftp.retrieveFileStream(name));
    assertThat(ftp.completePendingCommand()).as(ftp.getReplyString()).isTrue();
    assertThat(ftp.logout()).isTrue();
    ftp.disconnect();
    return content;
  }

  private FTPClient login() throws IOException {
    FTPClient ftp = new FTPClient();
    ftp.setProxy(
        new Proxy(
            Proxy.Type.SOCKS,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), peers.culvert().port())));
    ftp.setConnectTimeout(TIMEOUT_MILLIS);
    ftp.setDefaultTimeout(TIMEOUT_MILLIS);
    ftp.setDataTimeout(Duration.ofMillis(TIMEOUT_MILLIS));
    ftp.setUseEPSVwithIPv4(true);
    ftp.connect("127.0.0.1", peers.vsftpd().port());
    assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
        .as(ftp.getReplyString())
        .isTrue();
    ftp.setFileType(FTP.BINARY_FILE_TYPE);
    ftp.enterLocalPassiveMode();
    assertThat(ftp.changeWorkingDirectory(peers.home().getFileName().toString())).isTrue();
    return ftp;
  }
}
