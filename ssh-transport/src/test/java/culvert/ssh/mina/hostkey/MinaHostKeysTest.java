package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.config.HostKeyPolicy;
import culvert.config.SshAlgorithms;
import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.Outcome;
import culvert.ssh.HostKeys.ServerHostKey;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MinaHostKeysTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final HostKeys hostKeys = new MinaHostKeys();

  private static HostKeyPolicy policy(Path... files) {
    return new HostKeyPolicy(true, List.of(files), Optional.empty(), false);
  }

  private static HostKeys.Server asked(int port, Duration deadline) {
    return new HostKeys.Server("127.0.0.1", port, SshAlgorithms.STANDARD, deadline);
  }

  private static ServerHostKey offered(HostKey key) {
    return new ServerHostKey(key.type(), key.base64(), key.fingerprint());
  }

  @Test
  void everyKeyOfTheServerIsFetchedWithoutALogin() throws Exception {
    List<KeyPair> pairs = new ArrayList<>();
    for (String name : List.of("rsa", "ecdsa256", "ed25519")) {
      pairs.add(Keys.pair(name, directory));
    }
    AtomicInteger logins = new AtomicInteger();
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(pairs));
      server.setPasswordAuthenticator((u, p, s) -> logins.incrementAndGet() < 0);
      server.start();

      assertThat(hostKeys.fetch(asked(server.getPort(), DEADLINE)))
          .containsExactly(offered(Keys.ED25519), offered(Keys.ECDSA), offered(Keys.RSA));
    }
    assertThat(logins).hasValue(0);
  }

  @Test
  void longLinesBeforeTheVersionAreNoObstacle() throws Exception {
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(Keys.pair("ed25519", directory)));
      CoreModuleProperties.SERVER_EXTRA_IDENTIFICATION_LINES.set(server, "x".repeat(8000));
      server.start();

      assertThat(hostKeys.fetch(asked(server.getPort(), DEADLINE)))
          .containsExactly(offered(Keys.ED25519));
    }
  }

  @Test
  void aClosedPortIsRefused() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(() -> hostKeys.fetch(asked(port, DEADLINE)))
        .hasMessage("ssh server 127.0.0.1:" + port + ": connection refused")
        .extracting(e -> ((SshException) e).failure())
        .isEqualTo(SshFailure.CONNECTION_REFUSED);
  }

  @Test
  void aServerThatSaysNothingTimesOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = silent.getLocalPort();
      assertThatThrownBy(() -> hostKeys.fetch(asked(port, Duration.ofMillis(300))))
          .hasMessage("ssh server 127.0.0.1:" + port + ": no answer within 300 ms")
          .extracting(e -> ((SshException) e).failure())
          .isEqualTo(SshFailure.TIMED_OUT);
    }
  }

  @Test
  void allKeysAreAddedAndTheSecondTimeKnown() throws Exception {
    Path file = directory.resolve("known_hosts");
    List<ServerHostKey> keys = List.of(offered(Keys.ED25519), offered(Keys.RSA));

    assertThat(hostKeys.add(policy(file), "ftp.example", 2222, keys))
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.ADDED, Outcome.Kind.ADDED);
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "[ftp.example]:2222 " + Keys.text("ed25519"), "[ftp.example]:2222 " + Keys.text("rsa"));

    assertThat(hostKeys.add(policy(file), "ftp.example", 2222, keys))
        .extracting(Outcome::message)
        .containsExactly("already in " + file + ":1", "already in " + file + ":2");
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void aFurtherKeyOfAKnownHostIsAdded() throws Exception {
    Path file = directory.resolve("known_hosts");
    Path system = directory.resolve("system");
    Files.writeString(system, "ftp.example " + Keys.text("rsa") + "\n");

    assertThat(
            hostKeys.add(
                policy(file, system),
                "ftp.example",
                22,
                List.of(offered(Keys.ED25519), offered(Keys.RSA))))
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.ADDED, Outcome.Kind.KNOWN);
  }

  @Test
  void aChangedKeyKeepsAllFromBeingAdded() throws Exception {
    Path file = directory.resolve("known_hosts");
    String before = "ftp.example " + Keys.text("ed25519") + "\n";
    Files.writeString(file, before);

    assertThat(
            hostKeys.add(
                policy(file),
                "ftp.example",
                22,
                List.of(offered(Keys.OTHER_ED25519), offered(Keys.RSA))))
        .allSatisfy(
            outcome -> {
              assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REFUSED);
              assertThat(outcome.message())
                  .contains(
                      "host key of ftp.example changed", file + ":1", "culvert trust --replace");
            });
    assertThat(file).hasContent(before);
  }

  @Test
  void keysOfOtherTypesThanTheKnownOneAreNoProof() throws Exception {
    Path file = directory.resolve("known_hosts");
    Files.writeString(file, "ftp.example " + Keys.text("ed25519") + "\n");

    assertThat(hostKeys.add(policy(file), "ftp.example", 22, List.of(offered(Keys.RSA))))
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.REFUSED);
  }

  @Test
  void aRevokedKeyIsNotAdded() throws Exception {
    Path file = directory.resolve("known_hosts");
    Files.writeString(file, "@revoked * " + Keys.text("rsa") + "\n");

    assertThat(hostKeys.add(policy(file), "ftp.example", 22, List.of(offered(Keys.RSA))))
        .extracting(Outcome::message)
        .singleElement()
        .asString()
        .contains("is revoked in " + file + ":1");
  }

  @Test
  void keysAreWrittenUnderTheAliasWithoutThePort() throws Exception {
    Path file = directory.resolve("known_hosts");
    HostKeyPolicy aliased = new HostKeyPolicy(true, List.of(file), Optional.of("mainframe"), false);

    hostKeys.add(aliased, "10.0.0.1", 2222, List.of(offered(Keys.RSA)));

    assertThat(Files.readAllLines(file)).containsExactly("mainframe " + Keys.text("rsa"));
    assertThat(
            hostKeys
                .add(aliased, "10.0.0.2", 22, List.of(offered(Keys.OTHER_RSA)))
                .get(0)
                .message())
        .contains("host key of mainframe (10.0.0.2:22) changed");
  }

  @Test
  void aNameThatWouldSayMoreInTheFileIsRefused() throws Exception {
    Path file = directory.resolve("known_hosts");

    assertThat(hostKeys.add(policy(file), "a,bank.example", 22, List.of(offered(Keys.RSA))))
        .extracting(Outcome::message)
        .containsExactly("known_hosts cannot spell a,bank.example");
    assertThat(file).isEmptyFile();
  }

  @Test
  void theAnswerIsForConnectionsWithTheSameAlgorithms() throws Exception {
    Path file = directory.resolve("known_hosts");
    SshAlgorithms legacy =
        new SshAlgorithms(
            List.of("aes128-cbc"),
            List.of("hmac-sha1"),
            List.of("diffie-hellman-group14-sha1"),
            List.of("rsa-sha2-512"));
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(
          KeyPairProvider.wrap(Keys.pair("ed25519", directory), Keys.pair("rsa", directory)));
      server.setKeyExchangeFactories(
          List.of(
              ServerBuilder.DH2KEX.apply(BuiltinDHFactories.fromFactoryName(legacy.kex().get(0)))));
      server.setCipherFactories(List.of(BuiltinCiphers.aes128cbc));
      server.setMacFactories(List.of(BuiltinMacs.hmacsha1));
      server.start();
      int port = server.getPort();
      Files.writeString(file, "[127.0.0.1]:" + port + " " + Keys.text("ed25519") + "\n");

      assertThatThrownBy(() -> hostKeys.fetch(asked(port, DEADLINE)))
          .isInstanceOf(SshException.class)
          .hasMessageContaining("no key exchange: ");
      HostKeys.Server asked = new HostKeys.Server("127.0.0.1", port, legacy, DEADLINE);
      assertThat(hostKeys.fetch(asked)).containsExactly(offered(Keys.RSA));
      assertThat(hostKeys.check(policy(file), asked).trust())
          .as("the key that is known would not be shown")
          .isEqualTo(HostKeys.Check.Trust.NONE);
    }
  }

  @Test
  void aCheckComparesAndWritesNothing() throws Exception {
    Path file = directory.resolve("known_hosts");
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(
          KeyPairProvider.wrap(Keys.pair("ed25519", directory), Keys.pair("ecdsa256", directory)));
      server.start();
      String host = "[127.0.0.1]:" + server.getPort();

      HostKeys.Check unknown = hostKeys.check(policy(file), asked(server.getPort(), DEADLINE));
      assertThat(unknown)
          .isEqualTo(
              new HostKeys.Check(
                  HostKeys.Check.Trust.NONE,
                  "host key of " + host + " is unknown (" + Keys.ED25519 + ")"));
      assertThat(file).doesNotExist();

      Files.writeString(file, host + " " + Keys.text("ecdsa256") + "\n");
      assertThat(hostKeys.check(policy(file), asked(server.getPort(), DEADLINE)))
          .isEqualTo(
              new HostKeys.Check(
                  HostKeys.Check.Trust.KEY,
                  "host key of %s is known (%s, %s:1)".formatted(host, Keys.ECDSA, file)));

      Files.writeString(file, host + " " + Keys.text("rsa") + "\n");
      HostKeys.Check changed = hostKeys.check(policy(file), asked(server.getPort(), DEADLINE));
      assertThat(changed.trust()).isEqualTo(HostKeys.Check.Trust.NONE);
      assertThat(changed.message())
          .startsWith("host key of " + host + " changed (expected RSA")
          .doesNotContain("credentials");
    }
  }
}
