package culvert.ssh.mina;

import culvert.config.SshProfile;
import culvert.ssh.mina.auth.LoginMethods;
import culvert.ssh.mina.io.NettyIoServices;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.config.keys.ClientIdentityLoader;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.CipherFactory;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.MacFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * MINA's clients, one per profile: the one place that sets what they do. MINA's defaults accept
 * every host key, read the user's files and prefer a slow cipher, so nothing is left to them.
 * Thread-safe.
 */
final class SshClients implements AutoCloseable {
  /** AES-GCM first: MINA's chacha20-poly1305 is pure Java and fifteen times slower. */
  private static final List<CipherFactory> CIPHERS =
      List.of(
          BuiltinCiphers.aes128gcm,
          BuiltinCiphers.aes256gcm,
          BuiltinCiphers.aes128ctr,
          BuiltinCiphers.aes192ctr,
          BuiltinCiphers.aes256ctr,
          BuiltinCiphers.cc20p1305_openssh);

  private static final List<MacFactory> MACS =
      List.of(
          BuiltinMacs.hmacsha256etm,
          BuiltinMacs.hmacsha512etm,
          BuiltinMacs.hmacsha256,
          BuiltinMacs.hmacsha512);

  /**
   * The cheap post-quantum exchange first and the dear one late: Bouncy Castle's sntrup761 keeps an
   * event loop busy for a tenth of a second at every login and every rekey.
   */
  private static final List<BuiltinDHFactories> KEY_EXCHANGES =
      List.of(
          BuiltinDHFactories.mlkem768x25519,
          BuiltinDHFactories.curve25519,
          BuiltinDHFactories.curve25519_libssh,
          BuiltinDHFactories.sntrup761x25519,
          BuiltinDHFactories.sntrup761x25519_openssh,
          BuiltinDHFactories.ecdhp256,
          BuiltinDHFactories.ecdhp384,
          BuiltinDHFactories.ecdhp521,
          BuiltinDHFactories.dhg16_512,
          BuiltinDHFactories.dhg18_512,
          BuiltinDHFactories.dhg14_256);

  private final ScheduledExecutorService timer;
  private final SessionListener listener;
  private final ChannelFactory forwardedChannels;
  private final Map<SshProfile, SshClient> clients = new HashMap<>(); // guarded by this
  private boolean closed; // guarded by this

  /**
   * @param timer for MINA's keepalives
   * @param listener hears of every session of every client
   * @param forwardedChannels makes the only channels that servers may open
   */
  SshClients(
      ScheduledExecutorService timer, SessionListener listener, ChannelFactory forwardedChannels) {
    this.timer = timer;
    this.listener = listener;
    this.forwardedChannels = forwardedChannels;
  }

  synchronized SshClient of(SshProfile profile) {
    if (closed) {
      throw new IllegalStateException("SSH transport: closed");
    }
    return clients.computeIfAbsent(profile, this::start);
  }

  private SshClient start(SshProfile profile) {
    SshClient client = ClientBuilder.builder().build(true);
    client.setIoServiceFactoryFactory(new NettyIoServices());
    client.setScheduledExecutorService(timer, false);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setClientIdentityLoader(ClientIdentityLoader.DEFAULT);
    client.setFilePasswordProvider(FilePasswordProvider.EMPTY);
    client.setServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE);
    client.setAgentFactory(null);
    client.setChannelFactories(List.of(forwardedChannels));
    client.setGlobalRequestHandlers(List.of(SshClients::ignoreHostKeyUpdate));
    client.setCompressionFactories(List.of(BuiltinCompressions.none));
    client.setCipherFactories(supported(CIPHERS));
    client.setMacFactories(supported(MACS));
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(true, KEY_EXCHANGES, ClientBuilder.DH2KEX));
    LoginMethods.install(client);
    client.addSessionListener(listener);
    setProperties(client, profile);
    client.start();
    return client;
  }

  /** OpenSSH tells all its host keys after the login, and wants no reply: not of interest. */
  private static RequestHandler.Result ignoreHostKeyUpdate(
      ConnectionService service, String request, boolean wantReply, Buffer buffer) {
    return request.equals("hostkeys-00@openssh.com")
        ? RequestHandler.Result.Replied
        : RequestHandler.Result.Unsupported;
  }

  private static void setProperties(SshClient client, SshProfile profile) {
    CoreModuleProperties.CLIENT_IDENTIFICATION.set(client, "Culvert");
    // Culvert's own deadlines hold.
    CoreModuleProperties.AUTH_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.REKEY_BYTES_LIMIT.set(client, profile.rekeyLimit());
    CoreModuleProperties.REKEY_TIME_LIMIT.set(client, Duration.ZERO);
    if (!profile.timeouts().serverAliveInterval().isZero()) {
      CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, profile.timeouts().serverAliveInterval());
      CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(
          client, profile.timeouts().serverAliveCountMax());
    }
  }

  private static <T, F extends NamedFactory<T> & OptionalFeature> List<NamedFactory<T>> supported(
      List<F> all) {
    return all.stream()
        .filter(OptionalFeature::isSupported)
        .<NamedFactory<T>>map(factory -> factory)
        .toList();
  }

  @Override
  public void close() {
    List<SshClient> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(clients.values());
      clients.clear();
    }
    all.forEach(client -> client.close(true));
  }
}
