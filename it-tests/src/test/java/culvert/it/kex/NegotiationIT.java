package culvert.it.kex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.TestAccount;
import culvert.ssh.SshSession;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What sshd and Culvert agree upon, as sshd tells it. */
@RealPeers
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@AnyTransport
class NegotiationIT {
  private static final String FIRST_OFFER = "mlkem768x25519-sha256,sntrup761x25519-sha512,";

  private OneLoop loop;

  @BeforeEach
  void open() throws IOException {
    loop = new OneLoop();
  }

  @AfterEach
  void close() throws IOException {
    loop.close();
  }

  private void connect(RealSshd sshd, String keys) throws Exception {
    SshSession session =
        loop.connect(
                loop.server(sshd.port(), keys + ", authentication: password"),
                new OneLoop.Login(TestAccount.USER, TestAccount.password()))
            .get(60, TimeUnit.SECONDS);
    session.release();
  }

  @Test
  void offersPostQuantumExchangesAndAesGcmFirst() throws Exception {
    try (RealSshd sshd = RealSshd.start("LogLevel DEBUG3")) {
      connect(sshd, "connections: 1");

      assertThat(sshd.log())
          .contains("peer client KEXINIT proposal")
          .contains("KEX algorithms: " + FIRST_OFFER)
          .contains("kex-strict-c-v00@openssh.com")
          .contains("ciphers ctos: aes128-gcm@openssh.com,aes256-gcm@openssh.com,")
          .contains("chacha20-poly1305@openssh.com")
          .contains("kex: algorithm: sntrup761x25519-sha512")
          .contains("kex: client->server cipher: aes128-gcm@openssh.com")
          .contains("will use strict KEX ordering");
      String offer = sshd.log().substring(sshd.log().indexOf("peer client KEXINIT proposal"));
      assertThat(offer.substring(0, offer.indexOf("reserved")))
          .doesNotContain("-cbc", "sha1", "md5");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "ciphers: aes256-ctr, macs: hmac-sha2-512|KexAlgorithms +curve25519-sha256"
            + "|client->server cipher: aes256-ctr MAC: hmac-sha2-512",
        "ciphers: [^chacha20-poly1305@openssh.com]|KexAlgorithms +curve25519-sha256"
            + "|server->client cipher: chacha20-poly1305@openssh.com MAC: <implicit>",
        "kex-algorithms: ^curve25519-sha256|KexAlgorithms +curve25519-sha256"
            + "|kex: algorithm: curve25519-sha256",
        "kex-algorithms: [-*curve25519*]|KexAlgorithms ecdh-sha2-nistp384"
            + "|kex: algorithm: ecdh-sha2-nistp384",
        "server-alive-count-max: 3|KexAlgorithms ecdh-sha2-nistp256,diffie-hellman-group14-sha256"
            + "|kex: algorithm: ecdh-sha2-nistp256",
        "server-alive-count-max: 3|KexAlgorithms diffie-hellman-group16-sha512"
            + "|kex: algorithm: diffie-hellman-group16-sha512",
        "server-alive-count-max: 3|KexAlgorithms diffie-hellman-group14-sha256"
            + "|kex: algorithm: diffie-hellman-group14-sha256",
        "kex-algorithms: +diffie-hellman-group14-sha1|KexAlgorithms diffie-hellman-group14-sha1"
            + "|kex: algorithm: diffie-hellman-group14-sha1",
        "ciphers: +aes128-cbc|Ciphers aes128-cbc|client->server cipher: aes128-cbc",
        "macs: +hmac-sha1, ciphers: aes128-ctr|MACs hmac-sha1|MAC: hmac-sha1"
      })
  void agreesUponWhatBothHave(String keys, String option, String agreed) throws Exception {
    try (RealSshd sshd = RealSshd.start(option)) {
      connect(sshd, keys);

      assertThat(sshd.log()).contains(agreed);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {"Ciphers aes128-cbc", "MACs hmac-sha1", "KexAlgorithms diffie-hellman-group14-sha1"})
  void whatIsWeakIsNotOffered(String option) throws Exception {
    String only = option.startsWith("MACs") ? "Ciphers aes128-ctr" : "Compression no";
    try (RealSshd sshd = RealSshd.start(option, only)) {
      assertThatThrownBy(() -> connect(sshd, "connections: 1"))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("no SSH session: Unable to negotiate");
    }
  }

  @Test
  void twoProfilesOfOneTransportOfferTheirOwn() throws Exception {
    try (RealSshd sshd = RealSshd.start()) {
      connect(sshd, "ciphers: aes128-ctr");
      connect(sshd, "ciphers: aes192-ctr");
      connect(sshd, "ciphers: aes256-gcm@openssh.com");

      assertThat(sshd.count("client->server cipher: aes128-ctr")).isEqualTo(1);
      assertThat(sshd.count("client->server cipher: aes192-ctr")).isEqualTo(1);
      assertThat(sshd.count("client->server cipher: aes256-gcm@openssh.com")).isEqualTo(1);
    }
  }
}
