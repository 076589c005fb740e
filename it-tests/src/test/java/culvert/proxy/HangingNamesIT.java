package culvert.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.it.TestConfig;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.proxy.door.Arrival;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole program with a name server that leaves some names unanswered: logins of others stay in
 * the tunnel, also where plaintext would be allowed.
 */
@Timeout(180)
class HangingNamesIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final int HANGING = 40; // more than the threads that names and files once shared

  private static final String ALIAS = "ssh.example";

  @TempDir Path directory;

  private final CountDownLatch answers = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();

  private static void await(CountDownLatch latch) throws UnknownHostException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new UnknownHostException("interrupted");
    }
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    if (host.endsWith(".hang.example")) {
      hanging.incrementAndGet();
      await(answers);
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  @Test
  void aLoginStaysInTheTunnelWhileNamesOfOthersHang() throws Exception {
    List<Socket> others = new ArrayList<>();
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
        EmbeddedSshServer sshServer = EmbeddedSshServer.start(USERS)) {
      String yaml =
          TestConfig.tunnel(
                  directory, sshServer.port(), ftpServer.port(), knownAs(ALIAS, sshServer))
              .profile("host", "ssh.example")
              .profile("host-key-alias", ALIAS)
              .rule("fallback", "plain")
              .rule("target", "127.0.0.1:" + ftpServer.port())
              .top("default-action", "direct")
              .yaml();
      try (ProxyDaemon daemon =
          ProxyDaemon.start(
              new ConfigLoader(Environment.ofProcess()).loadString(yaml, "test").orThrow(),
              new DaemonParts(
                  DaemonParts.REAL.ssh(),
                  DaemonParts.REAL.ftp(),
                  this::lookUp,
                  threads -> new UserOfEachAddress()))) {
        int port = daemon.addresses().get(0).getPort();
        for (int i = 0; i < HANGING; i++) {
          others.add(ask("127.0.0.2", port, i + ".hang.example"));
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> hanging.get() >= 16);

        try (FtpDialogue ftp =
            new FtpDialogue(Socks5.through(port).connect("ftp.example", ftpServer.port()))) {
          assertThat(ftp.reply()).startsWith("220 ");
          assertThat(ftp.login("amy", "secret")).startsWith("230 ");
          assertThat(sshServer.channelTargets()).containsExactly("127.0.0.1:" + ftpServer.port());
        }
      } finally {
        answers.countDown();
      }
    } finally {
      for (Socket other : others) {
        other.close();
      }
    }
  }

  /** As many users of this host as there are addresses. */
  private static final class UserOfEachAddress implements ClientOwners {
    @Override
    public Future<SocketOwner> socket(Arrival client) {
      int uid = client.peer().getAddress().hashCode();
      return client.channel().eventLoop().newSucceededFuture(new SocketOwner.Known(uid, 1));
    }

    @Override
    public Future<Set<String>> users(Arrival client) {
      return client.channel().eventLoop().newSucceededFuture(Set.of());
    }

    @Override
    public Future<Set<String>> applications(Arrival client) {
      return client.channel().eventLoop().newSucceededFuture(Set.of());
    }
  }

  /** The known_hosts line of that server under another name. */
  private static String knownAs(String name, EmbeddedSshServer server) {
    String line = server.knownHostsLine();
    return name + line.substring(line.indexOf(' '));
  }

  private static Socket ask(String from, int proxy, String host) throws Exception {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy), 20_000);
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    socket.getOutputStream().write(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) name.length});
    socket.getOutputStream().write(name);
    socket.getOutputStream().write(new byte[] {4, 87}); // port 1111, which no rule tunnels
    return socket;
  }
}
