package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code data-connections: listener}: control through SOCKS, data straight to what 227 names. */
@RealPeers
class DataListenerIT {
  private static final Pattern LOCAL_227 =
      Pattern.compile("227 [^(]*\\(127,0,0,1,(\\d+),(\\d+)\\)");

  @TempDir Path directory;

  @Test
  void inNonTransparentPassiveModeDataGoThroughAListenerOn127001() throws Exception {
    Path home = TestAccount.newDirectory();
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .rule("ftp", "{ data-connections: listener }"));
        FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
      TestFile file = TestFile.create(home.resolve("file"), 3_000_000);
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      assertThat(ftp.send("CWD " + home)).startsWith("250 ");
      assertThat(ftp.send("TYPE I")).startsWith("200 ");

      int passive = port(ftp.send("PASV"));
      assertThat(vsftpd.passivePorts()).doesNotContain(passive);
      try (Socket data = new Socket(InetAddress.getLoopbackAddress(), passive)) {
        assertThat(ftp.send("RETR file")).startsWith("150 ");
        assertThat(Sha256.of(data.getInputStream())).isEqualTo(file.content());
      }
      assertThat(ftp.reply()).startsWith("226 ");

      try (Socket data = new Socket(InetAddress.getLoopbackAddress(), ftp.passivePort())) {
        assertThat(ftp.send("STOR copy")).startsWith("150 ");
        Files.copy(file.path(), data.getOutputStream());
      }
      assertThat(ftp.reply()).startsWith("226 ");
      assertThat(Sha256.of(home.resolve("copy"))).isEqualTo(file.content());
      assertThat(sshd.directTcpipPorts())
          .contains(vsftpd.port())
          .containsAll(vsftpd.passivePorts());
    } finally {
      TestAccount.delete(home);
    }
  }

  private static int port(String reply) {
    Matcher matcher = LOCAL_227.matcher(reply);
    assertThat(matcher.lookingAt()).as(reply).isTrue();
    return Integer.parseInt(matcher.group(1)) * 256 + Integer.parseInt(matcher.group(2));
  }
}
