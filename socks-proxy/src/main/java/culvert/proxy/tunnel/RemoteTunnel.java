package culvert.proxy.tunnel;

import culvert.config.ListenerConfig;
import culvert.config.SshProfile;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.event.Endpoints;
import culvert.proxy.upstream.ClientLogin;
import culvert.proxy.upstream.ConfiguredServer;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an SSH server listen for one {@code remote-tunnel} listener, and goes on trying: a server
 * that is down, that refuses, or whose session ends, is asked again after a while. Confined to its
 * event loop but for the methods that say otherwise.
 */
public final class RemoteTunnel {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteTunnel.class);

  private final ListenerConfig.RemoteTunnel listener;
  private final Supplier<SshProfile> profile;
  private final SshTransport ssh;
  private final TunnelDoor door;
  private final TunnelStatus status;
  private final EventLoop loop;
  private final Backoff backoff = new Backoff();
  private @Nullable Attempt attempt;
  private @Nullable Future<?> retry;
  private boolean stopped;

  /**
   * @param profile asked anew for each attempt
   * @param door where clients come in
   */
  public RemoteTunnel(
      ListenerConfig.RemoteTunnel listener,
      Supplier<SshProfile> profile,
      SshTransport ssh,
      TunnelDoor door,
      TunnelStatus status,
      EventLoop loop) {
    this.listener = listener;
    this.profile = profile;
    this.ssh = ssh;
    this.door = door;
    this.status = status;
    this.loop = loop;
  }

  /** Logs in as a tunnel would, and gives the session back. Blocks: not on an event loop. */
  public static void tryLogin(SshProfile profile, SshTransport ssh, EventLoop loop)
      throws SshException, InterruptedException {
    SshServer server = server(profile);
    SshSessionSpec spec = session(server).orElseThrow(() -> noUser(server));
    Future<SshSession> session = ssh.connect(spec, loop).await();
    if (!session.isSuccess()) {
      throw SshException.of(session.cause());
    }
    session.getNow().release();
  }

  private static SshServer server(SshProfile profile) {
    return ConfiguredServer.of(profile).server();
  }

  private static Optional<SshSessionSpec> session(SshServer server) {
    return ClientLogin.withoutFtp(Optional.empty())
        .session(server, InetAddress.getLoopbackAddress());
  }

  private static SshException noUser(SshServer server) {
    return new SshException(SshFailure.NO_IDENTITY, "ssh server " + server + ": no user name");
  }

  /** Where it is to listen, as the configuration has it now. From any thread. */
  public String server() {
    SshProfile there = profile.get().forHost("");
    return Endpoints.text(there.host().orElse(""), there.port());
  }

  /** Begins. From any thread. */
  public void start() {
    loop.execute(this::attempt);
  }

  /**
   * Takes no new clients and tries no more; the session stays for those that are there. From any
   * thread.
   *
   * @return completes when the order to stop listening is on its way
   */
  public Future<?> stop() {
    return loop.submit(
        () -> {
          stopped = true;
          if (retry != null) {
            retry.cancel(false);
          }
          if (attempt != null) {
            attempt.cancel();
          }
        });
  }

  /** Gives the session back too. From any thread, after {@link #stop}. */
  public void release() {
    loop.execute(
        () -> {
          if (attempt != null) {
            attempt.release();
          }
        });
  }

  private void attempt() {
    if (!stopped) {
      Attempt next = new Attempt(server(profile.get()));
      attempt = next;
      next.connect();
    }
  }

  /** The attempt has failed, or has worked and is over. */
  private void over(Attempt ended, SshException why) {
    if (attempt != ended || stopped) {
      return;
    }
    attempt = null;
    Duration wait =
        switch (why.failure()) {
          case HOST_KEY, AUTH_FAILED, NO_IDENTITY, LOGIN_UNFINISHED -> backoff.afterVerdict();
          default -> backoff.afterFailure();
        };
    status.down(listener.name(), ended.server, why, wait);
    retry = loop.schedule(this::attempt, wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One session and its forward. */
  private final class Attempt implements ForwardedConnections {
    private final SshServer server;
    private final FutureListener<SshException> watch =
        ended -> loop.execute(() -> end(ended.getNow()));
    private @Nullable Future<RemoteForward> request;
    private volatile @Nullable SshSession session;
    private volatile @Nullable BindAddress bound;
    private volatile String user = "";

    Attempt(SshServer server) {
      this.server = server;
    }

    void connect() {
      Optional<SshSessionSpec> spec = session(server);
      if (spec.isEmpty()) {
        end(noUser(server));
        return;
      }
      user = spec.get().user();
      ssh.connect(spec.get(), loop).addListener((FutureListener<SshSession>) this::connected);
    }

    private void connected(Future<SshSession> connected) {
      if (!connected.isSuccess()) {
        end(SshException.of(connected.cause()));
      } else if (stopped) {
        connected.getNow().release();
      } else {
        SshSession lease = connected.getNow();
        session = lease;
        lease.ended().addListener(watch);
        Future<RemoteForward> asked =
            lease.requestRemoteForward(
                new BindAddress(listener.bind().host(), listener.bind().port()), loop, this);
        request = asked;
        asked.addListener((FutureListener<RemoteForward>) this::listening);
      }
    }

    private void listening(Future<RemoteForward> listening) {
      if (!listening.isSuccess()) {
        end(SshException.of(listening.cause()));
      } else if (!stopped && attempt == this) {
        backoff.reset();
        status.listening(listener.name(), server, listening.getNow().bound());
      }
    }

    private void end(SshException why) {
      release();
      over(this, why);
    }

    /** Stops listening, whether it has begun or not. */
    void cancel() {
      Future<RemoteForward> asked = request;
      if (asked != null && asked.isSuccess()) {
        asked.getNow().cancel();
      } else if (asked != null) {
        asked.cancel(false);
      }
    }

    void release() {
      SshSession lease = session;
      if (lease != null) {
        lease.ended().removeListener(watch);
        lease.release();
      }
    }

    // On the SSH connection's loop

    @Override
    public void bound(RemoteForward forward) {
      bound = forward.bound();
    }

    @Override
    public Optional<ChannelHandler> accept(Originator originator) {
      InetAddress address = NetUtil.createInetAddressFromIpAddressString(originator.address());
      SshSession lease = session;
      BindAddress at = bound;
      if (address == null || lease == null || at == null) {
        LOG.atInfo()
            .addKeyValue("listener", listener.name())
            .addKeyValue("reason", "the SSH server names no address of the client's")
            .log("connection refused");
        return Optional.empty();
      }
      InetSocketAddress client = new InetSocketAddress(address, originator.port());
      ForwardedBy by = new ForwardedBy(lease, server, user, at);
      return Optional.of(door.forwarded(client, by));
    }
  }
}
