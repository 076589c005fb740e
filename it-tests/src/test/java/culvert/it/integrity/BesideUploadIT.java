package culvert.it.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.Culvert;
import culvert.it.Peers;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealPeers;
import culvert.it.peers.TestAccount;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client asks for a sign of life in the middle of its upload, and then breaks the upload off:
 * whatever the server has said to that, or has not, is no word on the file.
 */
@RealPeers
@AnyTransport
class BesideUploadIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int SENT = 200_000;
  private static final List<String> BESIDE =
      List.of("NOOP", "STAT", "noop", "NOOP\r\nNOOP", "STAT\r\nNOOP");

  @RegisterExtension final Peers peers = new Peers().withSshd();

  /** pure-ftpd says 500 to all of them, others answer them behind the transfer. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Variant.class,
      names = {"VSFTPD", "PROFTPD", "PURE_FTPD"})
  void aBrokenUploadIsToldAs426(Variant variant) throws Exception {
    try (RealFtpServer server = variant.start();
        Culvert culvert = Culvert.start(peers.config(peers.sshd(), server.port()))) {
      for (String command : BESIDE) {
        Path name = peers.home().resolve("file" + BESIDE.indexOf(command));

        List<String> told = breakOff(culvert, server.port(), name, command);

        assertThat(told).as(command).anyMatch(reply -> reply.startsWith("426"));
        assertThat(told)
            .as(command)
            .noneMatch(reply -> reply.startsWith("226") || reply.startsWith("250"));
      }
    }
  }

  /** Returns what the client is told behind its 150. */
  private static List<String> breakOff(Culvert culvert, int port, Path name, String command)
      throws Exception {
    List<String> told = new ArrayList<>();
    try (FtpDialogue ftp = culvert.ftp(port)) {
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230");
      Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("STOR " + TestAccount.below(name))).startsWith("150");
      data.getOutputStream().write(new byte[SENT]);
      await("the first bytes are on the server")
          .atMost(DEADLINE)
          .until(() -> Files.exists(name) && Files.size(name) > 0);
      ftp.sendOnly(command);
      data.setSoLinger(true, 0);
      data.close();
      String reply;
      do {
        reply = ftp.reply();
        told.add(reply);
      } while (!reply.isEmpty() && !reply.matches("(?s)(4..|226|250).*"));
      for (reply = ftp.send("QUIT"); !reply.matches("(?s)221.*|"); reply = ftp.reply()) {
        told.add(reply);
      }
    }
    return told;
  }
}
