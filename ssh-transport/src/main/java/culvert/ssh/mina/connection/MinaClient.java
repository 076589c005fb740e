package culvert.ssh.mina.connection;

import culvert.ssh.Printable;
import culvert.ssh.mina.auth.LoginMethods;
import culvert.ssh.mina.channel.ChannelMessageOrder;
import culvert.ssh.mina.io.NettyIoServices;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.config.keys.ClientIdentityLoader;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MINA's client: the one place that sets what all sessions do. MINA's defaults accept every host
 * key, read the user's files and prefer a slow cipher, so nothing is left to them. What depends on
 * the profile is set for each session, so that any number of profiles needs but one client. It is
 * built when the first session wants it, which takes a cold JVM tenths of seconds. Thread-safe.
 */
public final class MinaClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MinaClient.class);

  private final ScheduledExecutorService timer;
  private @Nullable SshClient built; // guarded by this
  private boolean closed; // guarded by this

  /**
   * Builds nothing yet.
   *
   * @param timer for MINA's housekeeping
   */
  public MinaClient(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** Builds it now, ahead of the first session. Blocks. */
  public void build() {
    client();
  }

  private synchronized SshClient client() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    SshClient client = built;
    if (client == null) {
      client = started(timer);
      built = client;
    }
    return client;
  }

  private static SshClient started(ScheduledExecutorService timer) {
    SshClient client = ClientBuilder.builder().build(true);
    client.setIoServiceFactoryFactory(new NettyIoServices());
    client.setScheduledExecutorService(timer, false);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setClientIdentityLoader(ClientIdentityLoader.DEFAULT);
    client.setFilePasswordProvider(FilePasswordProvider.EMPTY);
    client.setServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE);
    client.setAgentFactory(null);
    client.setChannelFactories(List.of(new ForwardedChannels()));
    client.setGlobalRequestHandlers(List.of(MinaClient::refuse));
    client.setCompressionFactories(List.of(BuiltinCompressions.none));
    LoginMethods.install(client, ChannelMessageOrder.factory());
    client.addSessionListener(new ConnectionEvents());
    CoreModuleProperties.CLIENT_IDENTIFICATION.set(client, "Culvert");
    // Culvert's own deadlines hold.
    CoreModuleProperties.AUTH_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ZERO); // see ServerAlive
    client.start();
    return client;
  }

  /**
   * Begins an SSH session on a TCP connection. On its event loop.
   *
   * @param reached where it leads, if that is known
   * @param owner hears of the session's events
   */
  ConnectFuture connect(
      DuplexChannel tcp, Optional<InetAddress> reached, int port, SshConnection owner)
      throws IOException {
    tcp.pipeline().remove(IdleHandler.class);
    // MINA would resolve a name. The channel is connected already: the address is only shown.
    String address = reached.map(InetAddress::getHostAddress).orElse("0.0.0.0");
    HostConfigEntry entry = new HostConfigEntry("", address, port, "not-yet-known");
    entry.setIdentitiesOnly(true);
    AttributeRepository context =
        AttributeRepository.ofAttributesMap(
            Map.of(NettyIoServices.CHANNEL, tcp, ConnectionEvents.CONNECTION, owner));
    return client().connect(entry, context, null);
  }

  /**
   * Of a server's global requests none is for us: OpenSSH tells all its host keys after the login,
   * and asks for signs of life, for which this answer will do. MINA would warn of each.
   */
  private static RequestHandler.Result refuse(
      ConnectionService service, String request, boolean wantReply, Buffer buffer) {
    log.debug("{}: global request '{}'", service.getSession(), Printable.text(request));
    return RequestHandler.Result.ReplyFailure;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (built != null) {
      built.close(true);
    }
  }
}
