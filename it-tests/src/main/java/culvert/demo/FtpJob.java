package culvert.demo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.commons.net.ProtocolCommandEvent;
import org.apache.commons.net.ProtocolCommandListener;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPConnectionClosedException;
import org.apache.commons.net.ftp.FTPReply;

/** What a batch job does, with an FTP client that knows nothing of SSH: up, list, down, compare. */
final class FtpJob {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int FILE_BYTES = 1_000_000;
  private static final String FILE_NAME = "report.dat";

  private final Story story;
  private final int socksPort;
  private final int ftpPort;

  FtpJob(Story story, int socksPort, int ftpPort) {
    this.story = story;
    this.socksPort = socksPort;
    this.ftpPort = ftpPort;
  }

  /**
   * Runs the job.
   *
   * @return whether the file came back as it went up
   * @throws IOException when the client could not connect, log in or transfer; the message is what
   *     the client saw
   */
  boolean run(String user, String password) throws IOException {
    byte[] file = new byte[FILE_BYTES];
    new Random(FILE_BYTES).nextBytes(file);
    FTPClient ftp = newClient();
    try {
      ftp.connect("127.0.0.1", ftpPort);
      need(FTPReply.isPositiveCompletion(ftp.getReplyCode()), ftp);
      need(ftp.login(user, password), ftp);
      ftp.setFileType(FTP.BINARY_FILE_TYPE);
      ftp.enterLocalPassiveMode();
      need(ftp.storeFile(FILE_NAME, new ByteArrayInputStream(file)), ftp);
      String[] names = ftp.listNames();
      need(names != null && List.of(names).contains(FILE_NAME), ftp);
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      need(ftp.retrieveFile(FILE_NAME, back), ftp);
      ftp.logout();
      story.say("SHA-256 of what went up:   " + sha256(file));
      story.say("SHA-256 of what came down: " + sha256(back.toByteArray()));
      return Arrays.equals(file, back.toByteArray());
    } catch (FTPConnectionClosedException e) { // whose message leaves the server's text out
      throw new IOException(ftp.getReplyString().strip(), e);
    } finally {
      if (ftp.isConnected()) {
        ftp.disconnect();
      }
    }
  }

  private FTPClient newClient() {
    FTPClient ftp = new FTPClient();
    InetSocketAddress socks = new InetSocketAddress(InetAddress.getLoopbackAddress(), socksPort);
    ftp.setProxy(new Proxy(Proxy.Type.SOCKS, socks));
    ftp.setUseEPSVwithIPv4(true);
    ftp.setConnectTimeout(TIMEOUT_MILLIS);
    ftp.setDefaultTimeout(TIMEOUT_MILLIS);
    ftp.setDataTimeout(Duration.ofMillis(TIMEOUT_MILLIS));
    ftp.addProtocolCommandListener(new Conversation());
    return ftp;
  }

  private static void need(boolean success, FTPClient ftp) throws IOException {
    if (!success) {
      throw new IOException(ftp.getReplyString().strip());
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Shows both sides of the control connection, passwords masked. */
  private final class Conversation implements ProtocolCommandListener {
    @Override
    public void protocolCommandSent(ProtocolCommandEvent event) {
      boolean secret = "PASS".equalsIgnoreCase(event.getCommand());
      story.conversation("client >", secret ? "PASS ****" : event.getMessage().strip());
    }

    @Override
    public void protocolReplyReceived(ProtocolCommandEvent event) {
      event.getMessage().strip().lines().forEach(line -> story.conversation("server <", line));
    }
  }
}
