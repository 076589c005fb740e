package culvert.it.nemesis;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/** An FTP client that behaves as its job says, and notes exactly what it sees. */
final class ScriptedClient {
  private static final Duration STALL = Duration.ofMillis(1500);
  private static final int BUFFER_BYTES = 16 * 1024;

  private final Job job;
  private final String path;
  private final Socks5 socks;
  private final MessageDigest digest = sha256();
  private long bytes;

  ScriptedClient(Job job, String path, Socks5 socks) {
    this.job = job;
    this.path = path;
    this.socks = socks;
  }

  Outcome run(Watchdog watchdog) throws Violation {
    try (FtpDialogue ftp = watchdog.watch(socks.ftp("127.0.0.1", job.server().port()))) {
      ftp.reply();
      String welcome = ftp.login(TestAccount.USER, TestAccount.password());
      String binary = welcome.startsWith("230") ? ftp.send("TYPE I") : welcome;
      if (!binary.startsWith("200")) {
        return Outcome.error(binary);
      }
      try (DataEnd data = watchdog.watch(DataEnd.open(job.mode(), ftp, socks))) {
        String begun = ftp.send((job.upload() ? "STOR " : "RETR ") + path);
        if (!begun.startsWith("1")) {
          return Outcome.error(begun);
        }
        Socket socket = watchdog.watch(data.socket());
        return job.upload() ? upload(ftp, socket) : download(ftp, socket);
      }
    } catch (SocketTimeoutException hang) {
      throw new Violation("hang: " + hang);
    } catch (IOException e) {
      watchdog.assertQuiet();
      return Outcome.error(e.toString());
    }
  }

  private Outcome download(FtpDialogue ftp, Socket data) throws IOException {
    boolean shown = false;
    String broken = "";
    try {
      InputStream in = data.getInputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count(buffer, n);
        if (!shown && bytes >= job.point()) {
          shown = true;
          if (show(ftp, data)) {
            return Outcome.error("gave up: " + lastReply(ftp));
          }
        }
      }
    } catch (SocketTimeoutException hang) {
      throw hang;
    } catch (IOException reset) {
      broken = reset.toString();
    }
    String end = ftp.reply();
    boolean aborted = shown && job.behaviour() == Behaviour.ABORTS;
    return broken.isEmpty() && end.startsWith("226") && !aborted
        ? Outcome.whole(content())
        : Outcome.error(broken + " " + end);
  }

  private Outcome upload(FtpDialogue ftp, Socket data) throws IOException, Violation {
    boolean shown = false;
    try (InputStream file = Files.newInputStream(job.file().path())) {
      OutputStream out = data.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = file.read(buffer); n >= 0; n = file.read(buffer)) {
        out.write(buffer, 0, n);
        count(buffer, n);
        if (!shown && bytes >= job.point()) {
          shown = true;
          if (job.behaviour() == Behaviour.CLOSES) {
            break; // what was sent is all that there is
          }
          boolean over = show(ftp, data);
          if (over || job.behaviour() == Behaviour.ABORTS) {
            return brokenOff(ftp, data);
          }
        }
      }
      data.shutdownOutput();
    } catch (SocketTimeoutException hang) {
      throw hang;
    } catch (IOException broken) {
      String end = ftp.reply();
      if (end.startsWith("2")) {
        throw new Violation("an upload whose data connection broke was answered: " + end);
      }
      return Outcome.error(broken + " " + end);
    }
    String end = ftp.reply();
    return end.startsWith("226") ? Outcome.whole(content()) : Outcome.error(end);
  }

  /** The upload has not been sent as a whole: nobody may say that it has arrived. */
  private Outcome brokenOff(FtpDialogue ftp, Socket data) throws IOException, Violation {
    String end = lastReply(ftp);
    data.close();
    if (end.startsWith("2")) {
      throw new Violation("an upload that was broken off was answered: " + end);
    }
    return Outcome.error("broke off: " + end);
  }

  /** Returns whether the data connection is over. */
  private boolean show(FtpDialogue ftp, Socket data) throws IOException {
    switch (job.behaviour()) {
      case STALLS -> LockSupport.parkNanos(STALL.toNanos());
      case ABORTS -> ftp.sendOnly("ABOR");
      case RESETS -> reset(data);
      case CLOSES -> data.close();
      case HANGS_UP -> {
        ftp.close();
        reset(data);
      }
      case OBEDIENT -> {
        // goes on
      }
    }
    return data.isClosed();
  }

  private String lastReply(FtpDialogue ftp) throws IOException {
    return job.behaviour() == Behaviour.HANGS_UP ? "(hung up)" : ftp.reply();
  }

  private static void reset(Socket data) throws IOException {
    data.setSoLinger(true, 0);
    data.close();
  }

  private void count(byte[] buffer, int length) {
    digest.update(buffer, 0, length);
    bytes += length;
  }

  private Sha256 content() {
    return new Sha256(bytes, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
