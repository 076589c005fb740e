package culvert.ssh.mina.hostkey;

import culvert.config.AlgorithmKind;
import culvert.ssh.HostKeys.Server;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.mina.io.VersionedSession;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.PublicKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/** A client that exchanges keys with one server and hangs up. Blocks. */
final class HostKeyProbe implements AutoCloseable {
  private static final KnownHost NOTHING_KNOWN = KnownHost.unknown(LookupNames.of("", 22));

  private final SshClient client = SshClient.setUpDefaultClient();
  private final Server server;
  private final HostKeyAlgorithms hostKeyAlgorithms;
  private Optional<InetAddress> address = Optional.empty();

  HostKeyProbe(Server server) {
    this.server = server;
    this.hostKeyAlgorithms = HostKeyAlgorithms.named(offered(AlgorithmKind.HOST_KEYS));
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(
            true,
            BuiltinDHFactories.parseDHFactoriesList(offered(AlgorithmKind.KEX))
                .getParsedFactories(),
            HostKeyExchange::of));
    client.setCipherFactories(
        offered(AlgorithmKind.CIPHERS).stream()
            .<NamedFactory<Cipher>>map(BuiltinCiphers::fromFactoryName)
            .toList());
    client.setMacFactories(
        offered(AlgorithmKind.MACS).stream()
            .<NamedFactory<Mac>>map(BuiltinMacs::fromFactoryName)
            .toList());
    client.setSessionFactory(VersionedSession.plainFactory(client));
    client.start();
  }

  private List<String> offered(AlgorithmKind kind) {
    return server.algorithms().offered(kind);
  }

  /** One key for each type that the server lists, in our order of preference. */
  List<HostKey> keys() throws SshException {
    List<BuiltinSignatures> all = hostKeyAlgorithms.of(NOTHING_KNOWN);
    Answer first = ask(all);
    List<HostKey> keys = new ArrayList<>(List.of(first.key()));
    for (BuiltinSignatures algorithm : all) {
      String type = HostKeyAlgorithms.keyType(algorithm.getName());
      boolean have = keys.stream().anyMatch(key -> key.type().equals(type));
      if (!have && first.algorithms().contains(algorithm.getName())) {
        keys.add(ask(List.of(algorithm)).key());
      }
    }
    return keys;
  }

  private Answer ask(List<? extends NamedFactory<Signature>> algorithms) throws SshException {
    Capture capture = new Capture();
    exchange(algorithms, capture, capture);
    return capture.answer.orElseThrow(
        () -> failed(capture.failure.orElseGet(TimeoutException::new)));
  }

  /** What a connection that wants to log in would think of the server. */
  HostKeyVerdict judge(KnownHost known) throws SshException {
    HostKeyVerifier verifier =
        new HostKeyVerifier(known, false, hostKeyAlgorithms, Clock.systemUTC());
    Capture capture = new Capture();
    ServerKeyVerifier judgeAndHangUp =
        (session, address, key) -> {
          verifier.verifyServerKey(session, address, key);
          return false;
        };
    exchange(verifier.signatureFactories(), judgeAndHangUp, capture);
    return verifier
        .verdict()
        .orElseThrow(() -> failed(capture.failure.orElseGet(TimeoutException::new)));
  }

  /** One of the server's addresses; from now on that is where it is asked. */
  InetAddress address() throws SshException {
    try {
      InetAddress found = InetAddress.getByName(server.host());
      address = Optional.of(found);
      return found;
    } catch (UnknownHostException e) {
      throw failed(e);
    }
  }

  private void exchange(
      List<? extends NamedFactory<Signature>> algorithms,
      ServerKeyVerifier verifier,
      SessionListener listener)
      throws SshException {
    client.setSignatureFactories(List.copyOf(algorithms));
    client.setServerKeyVerifier(verifier);
    client.addSessionListener(listener);
    try (ClientSession session =
        client
            .connect(
                "none",
                address.map(InetAddress::getHostAddress).orElse(server.host()),
                server.port())
            .verify(server.deadline())
            .getClientSession()) {
      session.waitFor(List.of(ClientSession.ClientSessionEvent.CLOSED), server.deadline());
    } catch (IOException | UnresolvedAddressException e) {
      throw failed(e);
    } finally {
      client.removeSessionListener(listener);
    }
  }

  /** What one key exchange told: the key, and which algorithms the server has. */
  private record Answer(HostKey key, List<String> algorithms) {}

  /** Takes the key down and refuses it, so that no login can follow. */
  private static final class Capture implements ServerKeyVerifier, SessionListener {
    private volatile Optional<Answer> answer = Optional.empty();
    private volatile Optional<Throwable> failure = Optional.empty();

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
      String algorithms =
          session.getServerKexProposals().getOrDefault(KexProposalOption.SERVERKEYS, "");
      answer = Optional.of(new Answer(HostKey.of(key), List.of(algorithms.split(",", -1))));
      return false;
    }

    @Override
    public void sessionException(Session session, Throwable cause) {
      failure = Optional.of(cause);
    }
  }

  private SshException failed(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return failure(SshFailure.NAME_UNKNOWN, "name unknown", cause);
      }
      if (t instanceof NoRouteToHostException) {
        return failure(SshFailure.NO_ROUTE, "no route", cause);
      }
      if (t instanceof ConnectException) {
        return failure(SshFailure.CONNECTION_REFUSED, "connection refused", cause);
      }
      if (t instanceof TimeoutException) {
        return failure(
            SshFailure.TIMED_OUT,
            "no answer within " + server.deadline().toMillis() + " ms",
            cause);
      }
    }
    return failure(SshFailure.NOT_SSH, "no key exchange: " + cause.getMessage(), cause);
  }

  private SshException failure(SshFailure failure, String reason, Throwable cause) {
    return new SshException(
        failure, "ssh server %s:%d: %s".formatted(server.host(), server.port(), reason), cause);
  }

  @Override
  public void close() {
    client.stop();
  }
}
