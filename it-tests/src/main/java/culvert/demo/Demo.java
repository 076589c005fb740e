package culvert.demo;

import culvert.proxy.cli.DemoProgram;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main job on an embedded SSH server and an embedded FTP server: through the tunnel, in
 * plaintext where the rule allows it, and refused where it does not.
 */
public final class Demo implements DemoProgram {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final int USUAL_SOCKS_PORT = 1080;
  private static final String USER = "demo";
  private static final String PASSWORD = "demo";

  @Override
  public int run(boolean once, PrintStream out) throws Exception {
    LogLevels levels = LogLevels.forTheStory();
    Path directory = Files.createTempDirectory("culvert-demo-");
    Thread onInterrupt = new Thread(() -> delete(directory), "culvert-demo-cleanup");
    Runtime.getRuntime().addShutdownHook(onInterrupt); // Ctrl-C is the demo's usual end
    Map<String, String> users = Map.of(USER, PASSWORD);
    Story story = new Story(out);
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("ftp"), users);
        EmbeddedSshServer sshServer = EmbeddedSshServer.start(users);
        DemoProxy proxy = proxy(story, directory, sshServer, ftpServer.port())) {
      out.println("Culvert demo: FTP through SOCKS, filter rules and an SSH tunnel");
      story.say("FTP server   127.0.0.1:" + ftpServer.port());
      story.say("SSH server   127.0.0.1:" + sshServer.port());
      story.say("SOCKS proxy  127.0.0.1:" + proxy.port());
      new Scenes(story, proxy, sshServer, ftpServer).play(USER, PASSWORD);
      out.println();
      out.println(story.failed() ? "The demo FAILED." : "Every step did what it should.");
      if (!once) {
        levels.forTheUsersClient();
        stayUp(out, proxy.port(), ftpServer.port());
      }
    } finally {
      delete(directory);
    }
    return story.failed() ? 1 : 0;
  }

  /** On the usual port, or on a free one where that is taken. */
  private static DemoProxy proxy(
      Story story, Path directory, EmbeddedSshServer sshServer, int ftpPort) throws IOException {
    try {
      return DemoProxy.start(directory, USUAL_SOCKS_PORT, sshServer, ftpPort);
    } catch (IOException taken) {
      LOG.debug("the demo's usual port", taken);
      story.say("Port 1080 is taken: the demo's proxy listens on a free port instead.");
      return DemoProxy.start(directory, 0, sshServer, ftpPort);
    }
  }

  private static void stayUp(PrintStream out, int socksPort, int ftpPort)
      throws InterruptedException {
    out.println();
    out.println("Proxy and servers stay up until you press Ctrl-C. Try your own client:");
    out.println();
    out.printf(
        "  curl --socks5-hostname 127.0.0.1:%d --user %s:%s ftp://127.0.0.1:%d/%n",
        socksPort, USER, PASSWORD, ftpPort);
    out.flush();
    new CountDownLatch(1).await();
  }

  /** Files that appear meanwhile, as those of a running transfer, stay. */
  private static void delete(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} is not deleted", directory, e);
    }
  }
}
