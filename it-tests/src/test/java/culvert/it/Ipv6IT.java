package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IPv6 on every leg: client, SOCKS, SSH and FTP; and on some of them only. */
@RealPeers
class Ipv6IT {
  private static final String[] ON_V6 = {
    "listen=NO", "listen_ipv6=YES", "listen_address6=::1",
  };

  @RegisterExtension final Peers peers = new Peers();
  private TestFile file;

  @BeforeEach
  void makeHome() throws Exception {
    assumeTrue(
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .anyMatch(Ipv6IT::isIpv6Loopback),
        "this machine has no ::1");
    file = TestFile.create(peers.directory().resolve("upload"), 1_500_000);
  }

  private static RealVsftpd vsftpd(String address) throws IOException {
    return address.equals("::1")
        ? RealVsftpd.startAt("::1", FreePorts.next(), ON_V6)
        : RealVsftpd.start();
  }

  private static RealSshd sshdOnV6() throws IOException {
    return RealSshd.startAt("::1", FreePorts.next());
  }

  private TestConfig config(RealSshd sshd, RealVsftpd vsftpd) throws IOException {
    return peers.config(sshd, vsftpd.port()).profile("host", "\"::1\"");
  }

  private CurlClient curl(Culvert culvert, String listener, String version) {
    return CurlClient.through(version, culvert.port(), TestAccount.USER, TestAccount.password())
        .with(version, bracketed(listener) + ":" + culvert.port());
  }

  private static String bracketed(String address) {
    return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
  }

  private void filesGoBothWays(CurlClient curl, String host, int port) throws Exception {
    String url = "ftp://" + bracketed(host) + ":" + port + "/" + peers.home().getFileName() + "/";
    Run<String> up = curl.text("--upload-file", file.path().toString(), url + "file");
    Run<Sha256> down = curl.digest(url + "file");
    Run<String> names = curl.text("--list-only", url);

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(names).isEqualTo(new Run<>(0, "file\n", ""));
    Files.delete(peers.home().resolve("file"));
  }

  /** The one exception: curl comes for data only over IPv4 when it speaks SOCKS 4. */
  @ParameterizedTest(name = "{0} on {1}")
  @CsvSource({"--socks5, ::1", "--socks5-hostname, ::1", "--socks4a, 127.0.0.1"})
  void everyLegIsIpv6(String version, String client) throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd("::1");
        Culvert culvert =
            Culvert.start(
                config(sshd, vsftpd)
                    .listener("socks: '" + bracketed(client) + ":0'")
                    .match("network: '::/64', client: '" + client + "', port: " + vsftpd.port()))) {
      filesGoBothWays(curl(culvert, client, version), "::1", vsftpd.port());

      assertThat(sshd.directTcpipTargets()).hasSize(6).allMatch(t -> t.startsWith("::1:"));
      assertThat(sshd.log()).contains("originator " + client + " port");
    }
  }

  @ParameterizedTest(name = "client on {0} -> server on {1}, {2}")
  @CsvSource({
    "127.0.0.1, ::1, --ftp-pasv",
    "127.0.0.1, ::1, --disable-epsv",
    "::1, 127.0.0.1, --ftp-pasv",
    "::1, ::1, --ftp-pasv"
  })
  void clientAndServerMayHaveOtherFamilies(String client, String server, String mode)
      throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd(server);
        Culvert culvert =
            Culvert.start(
                config(sshd, vsftpd)
                    .listener("socks: '" + bracketed(client) + ":0'")
                    .rule("target", "'" + bracketed(server) + ":" + vsftpd.port() + "'"))) {
      filesGoBothWays(curl(culvert, client, "--socks5-hostname").with(mode), client, vsftpd.port());

      assertThat(sshd.directTcpipTargets()).hasSize(6).allMatch(t -> t.startsWith(server + ":"));
    }
  }

  /** curl sends {@code EPRT |2|::1|...}. */
  @ParameterizedTest(name = "{0}, server on {1}")
  @CsvSource({"passive, ::1", "passive, 127.0.0.1", "remote-forward, ::1"})
  void activeModeNamesAnIpv6Address(String mode, String server) throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd(server);
        Culvert culvert =
            Culvert.start(
                config(sshd, vsftpd)
                    .listener("socks: '[::1]:0'")
                    .rule("ftp", "{ active-mode: " + mode + " }")
                    .rule("target", "'" + bracketed(server) + ":" + vsftpd.port() + "'"))) {
      filesGoBothWays(
          curl(culvert, "::1", "--socks5").with("--ftp-port", "::1"), "::1", vsftpd.port());

      assertThat(vsftpd.log()).contains(mode.equals("passive") ? "\"EPSV\"" : "\"EPRT |2|");
    }
  }

  @Test
  void inPlaintextDataFollowControlToItsAddress() throws Exception {
    try (RealVsftpd vsftpd = vsftpd("::1");
        Culvert culvert =
            Culvert.start(
                """
                listeners: [{ name: socks, socks: "[::1]:0" }]
                rules: []
                ftp: { ports: [%d] }
                """
                    .formatted(vsftpd.port()))) {
      filesGoBothWays(curl(culvert, "::1", "--socks5"), "::1", vsftpd.port());
    }
  }

  @Test
  void anIpv6NetworkIsBlocked() throws Exception {
    try (RealVsftpd vsftpd = vsftpd("::1");
        Culvert culvert =
            Culvert.start(
                """
                listeners: [{ name: socks, socks: "127.0.0.1:0" }]
                rules:
                  - { match: { network: "2001:db8::/32" }, action: direct }
                  - { match: { network: "::1/128" }, action: block }
                """)) {
      assertThat(culvert.socks().code("::1", vsftpd.port())).isEqualTo(2);
      assertThat(culvert.socks().code("0:0:0:0:0:0:0:1", vsftpd.port())).isEqualTo(2);
      assertThat(vsftpd.controlConnections()).isZero();
    }
  }

  @Test
  void aNewHostKeyIsAddedUnderTheBracketedAddressAndFoundAgain() throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd("::1")) {
      TestConfig config =
          TestConfig.tunnel(peers.directory(), sshd.port(), vsftpd.port())
              .profile("host", "\"::1\"")
              .profile("strict-host-key-checking", "accept-new")
              .listener("socks: '[::1]:0'");
      try (Culvert culvert = Culvert.start(config)) {
        filesGoBothWays(curl(culvert, "::1", "--socks5"), "::1", vsftpd.port());
      }
      assertThat(Files.readString(config.knownHosts()).lines())
          .singleElement()
          .asString()
          .startsWith(sshd.knownHostsLine());

      try (Culvert culvert = Culvert.start(config.profile("strict-host-key-checking", "yes"))) {
        filesGoBothWays(curl(culvert, "::1", "--socks5"), "::1", vsftpd.port());
      }
      sshd.newHostKey();
      sshd.restart();
      try (Culvert culvert = Culvert.start(config)) {
        Run<String> run =
            curl(culvert, "::1", "--socks5").text("ftp://[::1]:" + vsftpd.port() + "/");
        assertThat(run.exitCode()).isNotZero();
      }
    }
  }

  @Test
  void pasvToAnIpv6LiteralIsToldAReservedAddress() throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd("::1");
        Culvert culvert = Culvert.start(config(sshd, vsftpd));
        FtpDialogue ftp = culvert.socks().ftp("::1", vsftpd.port())) {
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      assertThat(ftp.send("PASV")).startsWith("227 ").contains("(198,18,");

      int port = ftp.passivePort();
      try (Socket data = culvert.socks().connect("::1", port)) {
        ftp.send("NLST");
        assertThat(data.getInputStream().readAllBytes()).isNotEmpty();
      }
      assertThat(ftp.reply()).startsWith("226 ");
    }
  }

  @Test
  void aListenerForDataIsOnTheClientsFamily() throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd("127.0.0.1");
        Culvert culvert =
            Culvert.start(
                config(sshd, vsftpd)
                    .listeners(
                        "tunnel: '[::1]:0', protocol: ftp, profile: gate, target: '127.0.0.1:"
                            + vsftpd.port()
                            + "'"))) {
      filesGoBothWays(
          CurlClient.direct(TestAccount.USER, TestAccount.password()), "::1", culvert.port());
    }
  }

  @Test
  void userAtHostTakesAnIpv6Literal() throws Exception {
    try (RealSshd sshd = sshdOnV6();
        RealVsftpd vsftpd = vsftpd("::1");
        Culvert culvert =
            Culvert.start(config(sshd, vsftpd).match("").rule("user-at-host", "true"));
        FtpDialogue ftp = culvert.socks().ftp("ftpproxy.invalid", 21)) {
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER + "@[::1]:" + vsftpd.port(), TestAccount.password()))
          .startsWith("230 ");
      try (Socket data = culvert.socks().connect("ftpproxy.invalid", ftp.passivePort())) {
        ftp.send("NLST");
        assertThat(data.getInputStream().readAllBytes()).isNotEmpty();
      }
      assertThat(ftp.reply()).startsWith("226 ");
    }
  }

  private static boolean isIpv6Loopback(InetAddress address) {
    return address instanceof Inet6Address && address.isLoopbackAddress();
  }
}
