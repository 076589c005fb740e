package culvert.testing;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.DefaultKeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.password.PasswordAuthenticator;
import org.apache.sshd.server.auth.password.PasswordChangeRequiredException;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.forward.ForwardingFilter;
import org.apache.sshd.server.session.ServerSession;

/**
 * An SSH server (Apache MINA SSHD) on 127.0.0.1 that forwards direct-tcpip channels, listens for
 * remote forwards and remembers what it was sent. Password, keyboard-interactive and public-key
 * logins; no shell.
 */
public final class EmbeddedSshServer implements AutoCloseable {

  /** Where the server stops answering, with its sockets open. */
  public enum Silence {
    NONE,
    BEFORE_BANNER,
    DURING_KEY_EXCHANGE,
    DURING_LOGIN
  }

  /** A login that a client tried. */
  public record Attempt(String user, String method, boolean accepted) {}

  private final Map<String, String> passwords;
  private final Map<String, PublicKey> authorizedKeys = new ConcurrentHashMap<>();
  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final List<String> channelTargets = new CopyOnWriteArrayList<>();
  private final ReceivedMessages received = new ReceivedMessages();
  private final List<String> listenRequests = new CopyOnWriteArrayList<>();
  private volatile boolean forwarding = true;
  private volatile boolean remoteForwarding = true;
  private volatile boolean passwordsExpired;
  private volatile Silence silence = Silence.NONE;
  private KeyPair hostKey; // guarded by this
  private SshServer server; // guarded by this
  private int port; // guarded by this

  private EmbeddedSshServer(Map<String, String> passwords) throws IOException {
    this.passwords = Map.copyOf(passwords);
    this.hostKey = newHostKey();
    this.server = newServer(0, hostKey);
    server.start();
    this.port = server.getPort();
  }

  /**
   * Starts a server on a free port, with a new ECDSA host key.
   *
   * @param passwords by user name
   */
  public static EmbeddedSshServer start(Map<String, String> passwords) throws IOException {
    return new EmbeddedSshServer(passwords);
  }

  public synchronized int port() {
    return port;
  }

  public synchronized PublicKey hostKey() {
    return hostKey.getPublic();
  }

  /** The line that a known_hosts file needs to trust this server. */
  public synchronized String knownHostsLine() {
    return "[127.0.0.1]:" + port + " " + PublicKeyEntry.toString(hostKey.getPublic());
  }

  /** Lets a user log in with a key. */
  public void authorize(String user, PublicKey key) {
    authorizedKeys.put(user, key);
  }

  /** Allows or forbids direct-tcpip channels from now on. */
  public void forwarding(boolean allowed) {
    forwarding = allowed;
  }

  /** Allows or forbids remote forwards from now on. */
  public void remoteForwarding(boolean allowed) {
    remoteForwarding = allowed;
  }

  /** From now on right passwords have to be changed first. */
  public void expirePasswords() {
    passwordsExpired = true;
  }

  /** From the next message on, also in sessions that stand. */
  public void silence(Silence where) {
    silence = where;
  }

  /** The logins tried so far, oldest first. */
  public List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** The targets of the direct-tcpip channels asked for so far, {@code host:port}, oldest first. */
  public List<String> channelTargets() {
    return List.copyOf(channelTargets);
  }

  /** The remote forwards asked for so far, {@code host:port}, oldest first. */
  public List<String> listenRequests() {
    return List.copyOf(listenRequests);
  }

  /** The bytes of SSH messages received so far that belong to a login (RFC 4252, RFC 4256). */
  public long authenticationBytes() {
    return received.authenticationBytes();
  }

  /** The number of key exchanges that were finished so far, in all sessions. */
  public int keyExchanges() {
    return received.keyExchanges();
  }

  /** When sessions from now on exchange keys again of the server's own accord. */
  public synchronized void rekeyLimit(long bytes, Duration time) {
    CoreModuleProperties.REKEY_BYTES_LIMIT.set(server, bytes);
    CoreModuleProperties.REKEY_TIME_LIMIT.set(server, time);
  }

  /** The number of TCP connections taken so far. */
  public int connections() {
    return received.connections();
  }

  /** Stops serving at once and breaks every session off; {@link #restart} takes the same port. */
  public synchronized void stop() throws IOException {
    server.stop(true);
  }

  public synchronized void restart() throws IOException {
    server.stop(true);
    server = newServer(port, hostKey);
    server.start();
  }

  /** Restarts with another host key, as a machine in the middle would show it. */
  public synchronized void restartWithNewHostKey() throws IOException {
    hostKey = newHostKey();
    restart();
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  private static KeyPair newHostKey() throws IOException {
    try {
      return KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    } catch (java.security.GeneralSecurityException e) {
      throw new IOException("no ECDSA host key", e);
    }
  }

  private SshServer newServer(int listenPort, KeyPair key) {
    SshServer result = SshServer.setUpDefaultServer();
    result.setHost("127.0.0.1");
    result.setPort(listenPort);
    result.setKeyPairProvider(KeyPairProvider.wrap(key));
    result.setPasswordAuthenticator(this::checkPassword);
    result.setPublickeyAuthenticator(this::checkKey);
    result.setKeyboardInteractiveAuthenticator(DefaultKeyboardInteractiveAuthenticator.INSTANCE);
    result.setForwardingFilter(new Filter());
    result.setSessionFactory(new RecordingSessions(result, received, () -> silence));
    CoreModuleProperties.TCP_NODELAY.set(result, true);
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(result, 100);
    return result;
  }

  /** A {@link PasswordAuthenticator}; keyboard-interactive asks it, too. */
  private boolean checkPassword(String user, String password, ServerSession session) {
    boolean accepted = password.equals(passwords.get(user));
    attempts.add(new Attempt(user, "password", accepted));
    if (accepted && passwordsExpired) {
      throw new PasswordChangeRequiredException("expired", "new password?", "");
    }
    return accepted;
  }

  /** A {@link PublickeyAuthenticator}. */
  private boolean checkKey(String user, PublicKey key, ServerSession session) {
    boolean accepted = KeyUtils.compareKeys(key, authorizedKeys.get(user));
    attempts.add(new Attempt(user, "publickey", accepted));
    return accepted;
  }

  private final class Filter implements ForwardingFilter {
    @Override
    public boolean canConnect(Type type, SshdSocketAddress address, Session session) {
      channelTargets.add(address.getHostName() + ":" + address.getPort());
      return forwarding;
    }

    @Override
    public boolean canListen(SshdSocketAddress address, Session session) {
      listenRequests.add(address.getHostName() + ":" + address.getPort());
      return remoteForwarding;
    }

    @Override
    public boolean canForwardAgent(Session session, String requestType) {
      return false;
    }

    @Override
    public boolean canForwardX11(Session session, String requestType) {
      return false;
    }
  }
}
