package culvert.it.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.Culvert;
import culvert.it.CulvertProcess;
import culvert.it.Peers;
import culvert.it.TestConfig;
import culvert.it.peers.FaultyRelay;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An upload over an older file breaks off in every way: no client is told that it has arrived, and
 * what the server keeps is what {@code docs/INTEGRITY.md} says.
 */
@RealPeers
@AnyTransport
class BrokenUploadIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String OLD = "the file of yesterday";
  private static final int SENT = 400_000;

  @RegisterExtension final Peers peers = new Peers().withSshd();
  private FaultyRelay network;

  @BeforeEach
  void start() throws IOException {
    network = peers.add(FaultyRelay.to(peers.sshd().port()));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Variant.class)
  void everyServerKeepsTheFragmentUnderTheFilesName(Variant variant) throws Exception {
    try (RealFtpServer server = variant.start()) {
      Map<Break, String> kept = new EnumMap<>(Break.class);
      for (Break how : Break.values()) {
        kept.put(how, keeps(how, server));
      }
      assertThat(kept.values()).as(kept.toString()).containsOnly(Kept.FRAGMENT.name());
    }
  }

  private String keeps(Break how, RealFtpServer server) throws Exception {
    Path name = Files.createDirectory(peers.home().resolve(how.name())).resolve("file");
    TestAccount.give(name.getParent());
    Files.writeString(name, OLD);
    TestAccount.give(name);
    if (how == Break.CULVERT_KILLED) {
      try (CulvertProcess culvert =
          CulvertProcess.run(config(how, server).write(), peers.directory().resolve("log"))) {
        upload(how, server, name, culvert.port(), culvert::close);
      }
    } else {
      try (Culvert culvert = Culvert.start(config(how, server))) {
        upload(how, server, name, culvert.port(), () -> {});
      }
    }
    await("the server's session ends")
        .atMost(DEADLINE)
        .until(() -> server.sessionProcesses().isEmpty());
    return (Kept.under(name, OLD) + " " + String.join(" ", Kept.beside(name))).strip();
  }

  @SuppressWarnings("try") // a client that hangs up closes early
  private void upload(Break how, RealFtpServer server, Path name, int port, Runnable killCulvert)
      throws Exception {
    Socks5 socks = Socks5.through(port);
    try (FtpDialogue ftp = login(socks, server);
        Socket data = socks.connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("STOR " + TestAccount.below(name))).startsWith("150");
      data.getOutputStream().write(new byte[SENT]);
      await("the first bytes are on the server").atMost(DEADLINE).until(() -> arriving(name));
      switch (how) {
        case CLIENT_RESETS_DATA -> {
          reset(data);
          assertThat(ftp.reply()).startsWith("426");
          assertThat(ftp.send("QUIT")).startsWith("221");
        }
        case CLIENT_HANGS_UP -> {
          ftp.close();
          reset(data);
        }
        case SSH_SESSION_KILLED -> {
          peers.sshd().killSessions();
          assertThat(ftp.reply()).startsWith("421");
        }
        case CULVERT_KILLED -> {
          killCulvert.run();
          assertThat(endOf(ftp)).isEmpty();
        }
        case NETWORK_RESET -> {
          network.reset();
          assertThat(ftp.reply()).startsWith("421");
        }
        case NETWORK_FROZEN -> {
          network.freeze();
          assertThat(ftp.reply()).startsWith("421");
          network.thaw(); // only now can sshd hear of it
        }
      }
    }
  }

  /** What the client reads of a proxy that is gone; empty: nothing, however it ends. */
  private static String endOf(FtpDialogue ftp) {
    try {
      return ftp.reply();
    } catch (IOException reset) {
      return "";
    }
  }

  private static boolean arriving(Path name) throws IOException {
    try (Stream<Path> files = Files.list(name.getParent())) {
      return files.anyMatch(file -> size(file) > OLD.length());
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0;
    }
  }

  private static void reset(Socket data) throws IOException {
    data.setSoLinger(true, 0);
    data.close();
  }

  private static FtpDialogue login(Socks5 socks, RealFtpServer server) throws IOException {
    FtpDialogue ftp = socks.ftp("127.0.0.1", server.port());
    ftp.reply();
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230");
    assertThat(ftp.send("TYPE I")).startsWith("200");
    return ftp;
  }

  private TestConfig config(Break how, RealFtpServer server) throws IOException {
    String key = peers.sshd().knownHostsLine();
    TestConfig config =
        TestConfig.tunnel(
            peers.directory(),
            network.port(),
            server.port(),
            "[127.0.0.1]:" + network.port() + key.substring(key.indexOf(' ')));
    return how == Break.NETWORK_FROZEN
        ? config.profile("server-alive-interval", "1s").profile("server-alive-count-max", 1)
        : config;
  }
}
