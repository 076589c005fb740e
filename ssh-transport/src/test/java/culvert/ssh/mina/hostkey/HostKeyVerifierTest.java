package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HostKeyVerifierTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final SshServer server = SshServer.setUpDefaultServer();
  private final SshClient client = SshClient.setUpDefaultClient();
  private final AtomicInteger authenticationRequests = new AtomicInteger();

  @BeforeEach
  void start() throws Exception {
    List<KeyPair> pairs = new ArrayList<>();
    for (String name : List.of("rsa", "ecdsa256", "ed25519")) {
      pairs.add(Keys.pair(name, directory));
    }
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(pairs));
    server.setPasswordAuthenticator((u, p, s) -> authenticationRequests.incrementAndGet() > 0);
    server.start();
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.start();
  }

  @AfterEach
  void stop() throws Exception {
    client.stop();
    server.stop(true);
  }

  private KnownHost known(String... lines) {
    byte[] content =
        String.join("\n", lines)
            .replace("HOST", "[127.0.0.1]:" + server.getPort())
            .getBytes(StandardCharsets.UTF_8);
    return KnownHosts.of(new KnownHostsText(Path.of("known_hosts"), content))
        .lookup("127.0.0.1", server.getPort());
  }

  /** Connects as the transport does: algorithms and verifier are set before keys are exchanged. */
  private ClientSession connect(HostKeyVerifier verifier) throws Exception {
    client.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionCreated(Session session) {
            session.setSignatureFactories(verifier.signatureFactories());
            ((ClientSession) session).setServerKeyVerifier(verifier);
          }
        });
    return client
        .connect("alice", "127.0.0.1", server.getPort())
        .verify(DEADLINE)
        .getClientSession();
  }

  private static HostKeyVerifier verifier(KnownHost known, boolean acceptNew) {
    return new HostKeyVerifier(known, acceptNew, HostKeyAlgorithms.STANDARD, Clock.systemUTC());
  }

  private static void awaitEnd(ClientSession session) {
    session.waitFor(List.of(ClientSessionEvent.CLOSED, ClientSessionEvent.TIMEOUT), DEADLINE);
    assertThat(session.isClosed()).isTrue();
  }

  @Test
  void theTypeThatIsKnownIsAskedForAndStaysThroughALaterKeyExchange() throws Exception {
    KnownHost known = known("HOST " + Keys.text("rsa"));
    HostKeyVerifier verifier = verifier(known, false);
    try (ClientSession session = connect(verifier)) {
      session.addPasswordIdentity("secret");
      session.auth().verify(DEADLINE);

      assertThat(verifier.verdict()).containsInstanceOf(HostKeyVerdict.Known.class);
      assertThat(HostKey.of(session.getServerKey())).isEqualTo(Keys.RSA);

      session.reExchangeKeys().verify(DEADLINE);
      assertThat(HostKey.of(session.getServerKey())).isEqualTo(Keys.RSA);
      assertThat(session.isOpen()).isTrue();
      assertThat(verifier.rejection()).isEmpty();
    }
  }

  @Test
  void aChangedKeyEndsTheConnectionBeforeAnyLogin() throws Exception {
    KnownHost known = known("HOST " + Keys.text("rsa-pkcs1"));
    HostKeyVerifier verifier = verifier(known, true);
    try (ClientSession session = connect(verifier)) {
      session.addPasswordIdentity("secret");
      session.auth().await(DEADLINE);
      awaitEnd(session);
    }

    assertThat(verifier.rejection()).containsInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(verifier.toRemember()).isEmpty();
    assertThat(authenticationRequests).hasValue(0);
  }

  @Test
  void aNewKeyIsHandedOutForAppending() throws Exception {
    KnownHost known = known();
    HostKeyVerifier verifier = verifier(known, true);
    try (ClientSession session = connect(verifier)) {
      session.addPasswordIdentity("secret");
      session.auth().verify(DEADLINE);
    }

    assertThat(verifier.toRemember()).contains(Keys.ED25519);
    assertThat(verifier.rejection()).isEmpty();
  }

  @Test
  void anUnknownKeyIsRefusedUnderYes() throws Exception {
    KnownHost known = known();
    HostKeyVerifier verifier = verifier(known, false);
    try (ClientSession session = connect(verifier)) {
      awaitEnd(session);
    }

    assertThat(verifier.rejection().orElseThrow().message())
        .isEqualTo(
            "host key of [127.0.0.1]:%d is unknown (%s): not sending credentials",
            server.getPort(), Keys.ED25519);
  }

  @Test
  void aKeyThatTheServerCannotProveIsRejected() throws Exception {
    PublicKey shown = Keys.pair("ed25519", directory).getPublic();
    KeyPair owned = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    server.setKeyPairProvider(KeyPairProvider.wrap(new KeyPair(shown, owned.getPrivate())));
    KnownHost known = known("HOST " + Keys.text("ed25519"));
    HostKeyVerifier verifier = verifier(known, true);
    try (ClientSession session = connect(verifier)) {
      session.addPasswordIdentity("secret");
      session.auth().await(DEADLINE);
      awaitEnd(session);
    }

    assertThat(verifier.rejection().orElseThrow().message())
        .isEqualTo(
            "host key of [127.0.0.1]:%d is badly signed (%s): not sending credentials",
            server.getPort(), Keys.ED25519);
    assertThat(authenticationRequests).hasValue(0);
  }

  @Test
  void anotherKeyAtALaterKeyExchangeIsRefused() throws Exception {
    KnownHost known = known("HOST " + Keys.text("rsa"), "HOST " + Keys.text("ed25519"));
    HostKeyVerifier verifier = verifier(known, true);
    ClientSession session = mock(ClientSession.class);
    SocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());

    assertThat(verifier.verifyServerKey(session, address, Keys.pair("rsa", directory).getPublic()))
        .isTrue();
    assertThat(verifier.verifyServerKey(session, address, Keys.pair("rsa", directory).getPublic()))
        .isTrue();
    assertThat(
            verifier.verifyServerKey(session, address, Keys.pair("ed25519", directory).getPublic()))
        .isFalse();
    assertThat(verifier.rejection()).containsInstanceOf(HostKeyVerdict.Switched.class);
  }
}
