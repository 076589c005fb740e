package culvert.demo;

import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import culvert.testing.EmbeddedSshServer.Silence;
import java.io.IOException;

/** The demo's scenes, in their order. */
final class Scenes {
  private final Story story;
  private final DemoProxy proxy;
  private final EmbeddedSshServer sshServer;
  private final EmbeddedFtpServer ftpServer;

  Scenes(Story story, DemoProxy proxy, EmbeddedSshServer sshServer, EmbeddedFtpServer ftpServer) {
    this.story = story;
    this.proxy = proxy;
    this.sshServer = sshServer;
    this.ftpServer = ftpServer;
  }

  void play(String user, String password) throws IOException {
    throughTheTunnel(user, password);
    sshServer.stop();
    inPlaintext(user, password);
    refusedBeforeTheGreeting(user, password);
    sshServer.silence(Silence.BEFORE_BANNER);
    sshServer.restart();
    refusedAfterTheLogin(user, password);
    sshServer.silence(Silence.NONE);
    sshServer.restart();
  }

  private void throughTheTunnel(String user, String password) throws IOException {
    story.scene("An FTP job. The rule says: ftp-tunnel, fallback: plain");
    story.say("The first 220 and 331 are Culvert's own: it needs the client's name and password");
    story.say("for the SSH login. From the 230 on it is the FTP server that answers.");
    boolean same = new FtpJob(story, proxy.port(), ftpServer.port()).run(user, password);
    story.check(same, "the file came back as it went up");
    story.check(
        sshServer.attempts().contains(new EmbeddedSshServer.Attempt(user, "password", true)),
        "the SSH server was logged in to with the FTP user's name and password");
    int data = Math.toIntExact(ftpServer.commands().stream().filter(Scenes::transfers).count());
    story.check(
        sshServer.channelTargets().size() == 1 + data,
        "the control connection and all " + data + " data connections were SSH channels:");
    story.say("        " + String.join(", ", sshServer.channelTargets()));
  }

  private void inPlaintext(String user, String password) throws IOException {
    int channels = sshServer.channelTargets().size();
    story.scene("The same job, the SSH server is stopped. fallback: plain lets it through");
    boolean same = new FtpJob(story, proxy.port(), ftpServer.port()).run(user, password);
    story.check(same, "the file came back as it went up");
    story.check(sshServer.channelTargets().size() == channels, "NOT ENCRYPTED: no SSH channel");
    story.say("        The warning in Culvert's log says so, and its metrics count it.");
  }

  private void refusedBeforeTheGreeting(String user, String password) {
    story.scene("The same job, the SSH server is stopped. fallback: none refuses it");
    refused(user, password, "");
  }

  private void refusedAfterTheLogin(String user, String password) {
    story.scene("The same job, the SSH server hangs. fallback: none makes it an FTP error");
    refused(user, password, "421 culvert: ssh server 127.0.0.1:" + sshServer.port() + ": ");
  }

  private void refused(String user, String password, String expected) {
    int connections = ftpServer.connections().size();
    try {
      new FtpJob(story, proxy.strictPort(), ftpServer.port()).run(user, password);
      story.check(false, "the client gets an error");
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      story.check(message.startsWith(expected), "the client gets an error: " + message);
    }
    story.check(ftpServer.connections().size() == connections, "nothing reached the FTP server");
  }

  private static boolean transfers(EmbeddedFtpServer.Command command) {
    return command.line().startsWith("STOR ")
        || command.line().startsWith("RETR ")
        || command.line().startsWith("NLST");
  }
}
