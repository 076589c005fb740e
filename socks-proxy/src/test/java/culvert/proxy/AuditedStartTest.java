package culvert.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.proxy.audit.TrailReader;
import culvert.ssh.HostKeyChange;
import culvert.ssh.NettyTransport;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A boot's first event is its start, however early somebody comes. */
@Timeout(90)
class AuditedStartTest {
  /** They take a while, in which the first one is bound already. */
  private static final int OTHER_LISTENERS = 400;

  @TempDir private Path directory;
  private final FakeSsh ssh = new FakeSsh(NettyTransport.preferred());

  @Test
  void aClientThatComesBeforeAllDoorsAreBoundIsLetInBehindTheStart() throws Exception {
    int first = freePort();
    StringBuilder listeners =
        new StringBuilder("{ name: first, socks: '127.0.0.1:" + first + "' }");
    for (int i = 0; i < OTHER_LISTENERS; i++) {
      listeners.append(", { name: n").append(i).append(", socks: '127.0.0.1:0' }");
    }
    CulvertConfig config = load(listeners.toString(), "");
    CompletableFuture<Integer> answered =
        CompletableFuture.supplyAsync(() -> connectAsSoonAsPossible(first));

    try (ProxyDaemon daemon = ProxyDaemon.start(config, parts())) {
      assertThat(answered.get(60, TimeUnit.SECONDS)).isEqualTo(2); // not allowed
      assertThat(daemon.listeners()).hasSize(OTHER_LISTENERS + 1);
    }
    assertThat(events()).startsWith("start").contains("refused", "job.ended").endsWith("stop");
  }

  @Test
  void whatARemoteTunnelMeetsIsToldBehindTheStart() throws Exception {
    CulvertConfig config =
        load(
            "{ name: back, remote-tunnel: 8021, protocol: ftp, profile: gate, target: 'localhost:21' },"
                + " { name: socks, socks: '127.0.0.1:0' }",
            "profiles: { gate: { host: ssh.example, user: gate, authentication: publickey } }\n");
    ProxyDaemon daemon = ProxyDaemon.start(config, parts());
    try {
      await().until(() -> events().contains("hostkey.changed"));
    } finally {
      daemon.close();
    }
    assertThat(events()).startsWith("start", "hostkey.changed");
  }

  private static int connectAsSoonAsPossible(int port) {
    InetSocketAddress door = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    while (true) {
      try (SocksSocket client = new SocksSocket(door)) {
        return client.connect("127.0.0.1", 9);
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private CulvertConfig load(String listeners, String more) {
    return new ConfigLoader(Environment.ofProcess())
        .loadString(
            "listeners: [%s]\nrules: []\ndefault-action: block\npin-tunnelled: false\nstate-directory: '%s'\n%s"
                .formatted(listeners, directory, more),
            "test.yaml")
        .orThrow();
  }

  /** Whose SSH servers show another key as soon as they are asked. */
  private DaemonParts parts() {
    FakeFtp ftp = new FakeFtp();
    ssh.sessionFailure = SshFailure.HOST_KEY;
    return new DaemonParts(
        (transport, resolver, blocking, limits, events, outgoing) -> {
          ssh.connecting =
              spec -> {
                SshServer server = spec.server();
                events.changed(
                    server, HostKeyChange.OTHER_KEY, "ssh-ed25519 SHA256:other", "changed");
              };
          return ssh;
        },
        (upstreams, relay, listeners, active, captured, controlPorts) ->
            new DaemonParts.Ftp(ftp, ftp),
        InetAddress::getAllByName);
  }

  private List<String> events() throws IOException {
    List<String> events = new ArrayList<>();
    TrailReader.of(directory.resolve("audit.jsonl"))
        .read(line -> events.add(line.text("event").orElseThrow()));
    return events;
  }
}
