package culvert.proxy.ftp;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.core.Serves;
import culvert.proxy.ftp.data.Upstream;
import culvert.proxy.ftp.passive.DataConnections;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.Closing;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.TunnelEnds;
import culvert.proxy.upstream.TunnelPins;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session's upstream control connection: through SSH, else, where the rule allows it for
 * that failure, in plaintext. Each attempt ends with exactly one call of its {@link Listener},
 * unless it is cancelled; what comes too late is closed. Confined to the session's loop.
 */
final class UpstreamOpener {

  /** The session. */
  interface Listener {
    void opened(UpstreamEnd end, DuplexChannel channel, Upstream upstream);

    /**
     * There is no way to the FTP server.
     *
     * @param cause an {@link SshException} or a {@link ConnectFailedException}
     */
    void failed(Exception cause);

    /** Nobody but Culvert is to blame: no verdict on the way, and no reason for another one. */
    void defect(Throwable cause);
  }

  /** While our own time runs, the server's stands still. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /** Less is not worth a word. */
  private static final Duration SLIGHT = Duration.ofMillis(500);

  private final FtpServices services;
  private final ConnectionRequest request;
  private final Client asking;
  private final InetSocketAddress client;
  private final TunnelPins pins;
  private final EventLoop loop;
  private final ConnectionRecorder recorder;
  private final Listener listener;
  private @Nullable ScheduledFuture<?> timer;
  private long deadline;
  private long tunnelDeadline;
  private long tunnelBegun;
  private Supplier<Duration> heldUp = () -> Duration.ZERO; // what we wait for now, by ourselves
  private Duration heldBefore = Duration.ZERO; // the same of what came before
  private int step; // a result of an earlier step comes too late
  private boolean done;
  private Serves plainServes = Serves.ANY_LOGIN;

  UpstreamOpener(
      FtpServices services,
      ConnectionRequest request,
      Client client,
      EventLoop loop,
      ConnectionRecorder recorder,
      Listener listener) {
    this.services = services;
    this.request = request;
    this.asking = client;
    this.client = client.address();
    this.pins = services.pins().of(client);
    this.loop = loop;
    this.recorder = recorder;
    this.listener = listener;
  }

  /**
   * Through SSH first.
   *
   * @param preparation a connection that is being made already
   * @param spec empty: there is nothing to log in with
   */
  void openTunnel(
      TunnelPlan planned,
      Optional<SshTransport.Preparation> preparation,
      Optional<SshSessionSpec> spec) {
    TunnelPlan plan = spec.map(s -> planned.at(s.server())).orElse(planned);
    startClock();
    if (spec.isEmpty()) {
      tunnelFailed(
          plan,
          new SshException(
              SshFailure.NO_IDENTITY,
              "nothing to log in with at ssh server " + plan.server() + " (anonymous FTP?)"));
      return;
    }
    boolean mayFallBack = !plan.route().fallback().reasons().isEmpty();
    Duration patience = mayFallBack ? services.timeouts().tunnel() : services.timeouts().opening();
    tunnelBegun = System.nanoTime();
    tunnelDeadline = tunnelBegun + patience.toNanos();
    heldBefore = Duration.ZERO;
    int mine = nextStep(patience, () -> {});
    late(plan, mine, () -> tunnelFailed(plan, tooLate(plan, patience)));
    if (mine != step) {
      return; // no patience at all
    }
    Optional<SshTransport.Preparation> prepared =
        preparation
            .filter(p -> plan.server().equals(planned.server())) // else it was another server's
            .filter(p -> !p.ready().isDone() || isVerdict(p.ready(), false));
    if (prepared.isEmpty()) {
      connect(plan, spec.get(), mine);
      return;
    }
    wait(prepared.get()::heldUp);
    prepared
        .get()
        .ready()
        .addListener(
            guarded(
                (FutureListener<Void>)
                    ready -> {
                      if (mine != step) {
                        return;
                      }
                      waited();
                      if (isVerdict(ready, true)) {
                        tunnelFailed(plan, sshException(ready));
                      } else {
                        connect(plan, spec.get(), mine);
                      }
                    }));
  }

  /**
   * Ends the attempt when its time is up, but for what has passed in Culvert's own queues: that is
   * no evidence about the server, and where it leaves too little time for it, the end is without
   * fallback.
   *
   * @param late the server has had its time
   */
  private void late(TunnelPlan plan, int mine, Runnable late) {
    stopTimer();
    long now = System.nanoTime();
    Duration held = heldUp();
    long left = tunnelDeadline + held.toNanos() - now;
    long leftInAll = deadline - now;
    if (left <= 0 || (leftInAll <= 0 && held.compareTo(SLIGHT) < 0)) {
      late.run(); // where the time for all steps is up, too, nothing follows
    } else if (leftInAll <= 0) {
      tunnelFailed(plan, heldUp(plan, held));
    } else {
      timer =
          loop.schedule(
              guarded(
                  () -> {
                    if (mine == step) {
                      late(plan, mine, late);
                    }
                  }),
              Math.max(Math.min(left, leftInAll), LOOK_AGAIN.toNanos()),
              TimeUnit.NANOSECONDS);
    }
  }

  /** From now on that is waited for, which knows how long it is held up by ourselves. */
  private void wait(Supplier<Duration> held) {
    long since = System.nanoTime();
    heldUp =
        () -> {
          Duration passed = Duration.ofNanos(System.nanoTime() - since);
          Duration all = held.get(); // it may have begun before, for others
          return all.compareTo(passed) < 0 ? all : passed;
        };
  }

  private void waited() {
    heldBefore = heldUp();
    heldUp = () -> Duration.ZERO;
  }

  private Duration heldUp() {
    return heldBefore.plus(heldUp.get());
  }

  /** Somebody else has given up what was shared with him. */
  static boolean isAbandoned(Future<Void> prepared) {
    return !prepared.isSuccess() && sshException(prepared).failure() == SshFailure.SESSION_ENDED;
  }

  /**
   * Whether a preparation says that there will be no tunnel. One that had failed before the client
   * logged in may have done so minutes ago, and one may have been given up by somebody else who
   * shared it: those do not. Nor is any of them waited for twice: the time is the login's.
   *
   * @param fresh it was waited for
   */
  private static boolean isVerdict(Future<Void> ready, boolean fresh) {
    if (ready.isSuccess()) {
      return false;
    }
    SshFailure failure = sshException(ready).failure();
    return failure == SshFailure.HOST_KEY || (fresh && failure != SshFailure.SESSION_ENDED);
  }

  /** In plaintext at once, because the SSH server was not even reached, if that is allowed. */
  void fallBack(TunnelPlan plan, SshException cause) {
    startClock();
    tunnelFailed(plan, cause);
  }

  /** In plaintext, because the route says so. */
  void openPlain() {
    plainServes = Serves.ANY_LOGIN;
    startClock();
    plain();
  }

  /** Nobody waits any more. */
  void cancel() {
    done = true;
    step++;
    stopTimer();
  }

  private void connect(TunnelPlan plan, SshSessionSpec spec, int mine) {
    wait(() -> services.ssh().heldUp(spec));
    services
        .ssh()
        .connect(spec, loop)
        .addListener(
            guarded(
                (FutureListener<SshSession>)
                    connected -> {
                      if (!connected.isSuccess()) {
                        if (mine == step) {
                          tunnelFailed(plan, sshException(connected));
                        }
                      } else if (mine != step) {
                        connected.getNow().release();
                      } else {
                        SshSession session = connected.getNow();
                        releasedOnDefect(
                            session,
                            () -> {
                              waited();
                              openPinned(plan, spec, session, mine);
                            });
                      }
                    }));
  }

  /**
   * A name with several addresses is resolved by the SSH server for each connection anew, and data
   * would end up at another host than control: the address that SSH has reached stands for it.
   */
  private void openPinned(TunnelPlan plan, SshSessionSpec spec, SshSession session, int mine) {
    Optional<InetAddress> reached = session.serverAddress();
    if (!plan.leadsToTheServerItself() || reached.isEmpty()) {
      openChannel(plan, spec, session, mine);
      return;
    }
    Duration ever = Duration.ofNanos(Long.MAX_VALUE);
    wait(() -> ever); // whatever a name takes, it is not the server's time
    services
        .resolver()
        .resolve(plan.target().host(), loop)
        .addListener(
            guarded(
                (FutureListener<List<InetAddress>>)
                    resolved -> {
                      if (mine != step) {
                        session.release();
                        return;
                      }
                      waited();
                      if (resolved.cause() instanceof NotLookedUpException) {
                        session.release();
                        tunnelFailed(plan, notLookedUp(plan, resolved.cause()));
                        return;
                      }
                      boolean several =
                          resolved.isSuccess() && isOneOf(resolved.getNow(), reached.get());
                      TunnelPlan one =
                          several ? plan.to(NetUtil.toAddressString(reached.get())) : plan;
                      releasedOnDefect(session, () -> openChannel(one, spec, session, mine));
                    }));
  }

  /** An IPv4 and an IPv6 address are most often the same host's, whose FTP server may lack one. */
  private static boolean isOneOf(List<InetAddress> addresses, InetAddress reached) {
    return addresses.stream().filter(a -> a.getClass() == reached.getClass()).count() > 1;
  }

  private void openChannel(TunnelPlan plan, SshSessionSpec spec, SshSession session, int mine) {
    expectTarget(plan, mine);
    UpstreamEnd.Initializer ends = new UpstreamEnd.Initializer(loop);
    session
        .openDirectTcpip(plan.target(), Originator.of(client), loop, ends)
        .addListener(
            guarded(
                (FutureListener<DuplexChannel>)
                    opened -> {
                      if (opened.isSuccess() && mine == step) {
                        tunnelled(plan, spec, session, ends.end(), opened.getNow());
                        return;
                      }
                      session.release();
                      if (opened.isSuccess()) {
                        discard(ends.end(), opened.getNow());
                      } else if (mine == step) {
                        tunnelFailed(plan, sshException(opened));
                      }
                    }));
  }

  private void tunnelled(
      TunnelPlan plan,
      SshSessionSpec spec,
      SshSession session,
      UpstreamEnd end,
      DuplexChannel channel) {
    try {
      pins.tunnelled(
          request, plan.server().toString(), TunnelEnds.destination(plan.server(), session));
      recorder.tunnelled(plan.server().toString(), spec.user());
    } catch (RuntimeException | Error e) {
      session.release();
      discard(end, channel);
      throw e;
    }
    succeed(
        end,
        channel,
        new Upstream.Tunnelled(session, plan.target().host(), plan.server(), spec.user()));
  }

  /** The SSH server has let us in: from now on it is the FTP server that keeps us waiting. */
  private void expectTarget(TunnelPlan plan, int mine) {
    Duration patience = Duration.ofNanos(tunnelDeadline - tunnelBegun);
    late(plan, mine, () -> tunnelFailed(plan, notReached(plan, patience), false));
  }

  private void tunnelFailed(TunnelPlan plan, SshException cause) {
    tunnelFailed(
        plan,
        cause,
        cause.failure().fallbackReason().filter(FallbackReason.UNREACHABLE::equals).isEmpty());
  }

  /**
   * @param verdict whether a verified server said so: else anybody on the way may have brought it
   *     about, to force a pinned destination into plaintext
   */
  private void tunnelFailed(TunnelPlan plan, SshException cause, boolean verdict) {
    recorder.tunnelFailed(cause.failure());
    Optional<FallbackReason> reason =
        cause.failure().fallbackReason().filter(plan.route().fallback()::allows);
    if (reason.isEmpty()) {
      fail(cause);
    } else if (verdict) {
      goPlain(reason.get(), cause);
    } else {
      unlessPinned(reason.get(), cause);
    }
  }

  /** The addresses that the pins are asked about are the ones to be connected. */
  private void unlessPinned(FallbackReason reason, SshException cause) {
    int mine = nextStep(left(), () -> fail(cause));
    resolve(
        mine,
        addresses ->
            pins.objection(request, addresses, loop)
                .addListener(
                    guarded(
                        (FutureListener<Optional<String>>)
                            asked -> {
                              if (mine != step) {
                                return;
                              }
                              Optional<String> objection = asked.getNow();
                              if (objection.isPresent()) {
                                recorder.keptFromPlaintext();
                                fail(cause.with(objection.get()));
                              } else {
                                plainServes = servedBy(reason);
                                recorder.fellBack(reason, String.valueOf(cause.getMessage()));
                                connectPlain(addresses, plainStep());
                              }
                            })));
  }

  private void goPlain(FallbackReason reason, SshException cause) {
    plainServes = servedBy(reason);
    recorder.fellBack(reason, String.valueOf(cause.getMessage()));
    plain();
  }

  /** What was said of one login says nothing about the next one. */
  private static Serves servedBy(FallbackReason reason) {
    return switch (reason) {
      case NO_IDENTITY, AUTH_FAILED -> Serves.ONE_LOGIN;
      case UNREACHABLE, FORWARDING_REFUSED, TARGET_UNREACHABLE -> Serves.ANY_LOGIN;
    };
  }

  /** Of the time for all steps together. */
  private Duration left() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private void plain() {
    int mine = plainStep();
    resolve(mine, addresses -> connectPlain(addresses, mine));
  }

  private int plainStep() {
    return nextStep(
        left(),
        () ->
            fail(
                new ConnectFailedException(
                    Refusal.TIMED_OUT,
                    "FTP server " + request.host() + ":" + request.port() + ": timed out",
                    null)));
  }

  /** What the rules have decided by, else what the name resolves to; none: it is unknown. */
  private void resolve(int mine, Consumer<List<InetAddress>> next) {
    if (request.address() instanceof DestinationAddress.Known known) {
      next.accept(List.of(known.address()));
      return;
    }
    services
        .resolver()
        .resolve(request.host(), loop)
        .addListener(
            guarded(
                (FutureListener<List<InetAddress>>)
                    resolved -> {
                      if (mine != step) {
                        return;
                      }
                      if (resolved.isSuccess()) {
                        next.accept(resolved.getNow());
                      } else if (resolved.cause() instanceof UnknownHostException) {
                        next.accept(List.of());
                      } else {
                        fail(
                            new ConnectFailedException(
                                Refusal.GENERAL_FAILURE,
                                "FTP server " + resolved.cause().getMessage(),
                                resolved.cause()));
                      }
                    }));
  }

  private void connectPlain(List<InetAddress> addresses, int mine) {
    if (addresses.isEmpty()) {
      fail(
          new ConnectFailedException(
              Refusal.HOST_UNREACHABLE, "FTP server " + request.host() + ": name unknown", null));
      return;
    }
    List<InetAddress> free = addresses.stream().filter(this::mayBeConnected).toList();
    if (free.isEmpty()) {
      fail(
          new ConnectFailedException(
              Refusal.NOT_ALLOWED,
              request.host() + ":" + request.port() + ": held by a tunnelled FTP session",
              null));
      return;
    }
    UpstreamEnd.Initializer ends = new UpstreamEnd.Initializer(loop);
    services
        .direct()
        .connect(free, request.port(), loop, ends)
        .addListener(
            guarded(
                (FutureListener<DuplexChannel>)
                    connected -> {
                      if (!connected.isSuccess()) {
                        if (mine == step) {
                          fail((Exception) connected.cause());
                        }
                      } else if (mine != step) {
                        discard(ends.end(), connected.getNow());
                      } else {
                        InetAddress reached =
                            ((InetSocketAddress) connected.getNow().remoteAddress()).getAddress();
                        succeed(
                            ends.end(),
                            connected.getNow(),
                            new Upstream.Plain(
                                services.direct(), reached, services.expected(), plainServes));
                      }
                    }));
  }

  /** By whatever name it was asked for, where a tunnelled session may expect its data. */
  private boolean mayBeConnected(InetAddress address) {
    SocketOwner anyone = new SocketOwner.NotLookedUp();
    return services.expected().direct(asking, anyone, address, request.port())
        == DataConnections.Claim.NOT_EXPECTED;
  }

  private void succeed(UpstreamEnd end, DuplexChannel channel, Upstream upstream) {
    cancel();
    listener.opened(end, channel, upstream);
  }

  private void fail(Exception cause) {
    if (!done) {
      cancel();
      listener.failed(cause);
    }
  }

  private static void releasedOnDefect(SshSession session, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      session.release();
      throw e;
    }
  }

  private <T> FutureListener<T> guarded(FutureListener<T> then) {
    return done -> {
      try {
        then.operationComplete(done);
      } catch (Exception | Error e) {
        defect(e);
      }
    };
  }

  private Runnable guarded(Runnable then) {
    return () -> {
      try {
        then.run();
      } catch (RuntimeException | Error e) {
        defect(e);
      }
    };
  }

  private void defect(Throwable cause) {
    cancel();
    listener.defect(cause);
  }

  private static void discard(UpstreamEnd end, DuplexChannel channel) {
    end.detach();
    Closing.reset(channel);
  }

  /** One opener serves one attempt after the other. */
  private void startClock() {
    done = false;
    deadline = System.nanoTime() + services.timeouts().opening().toNanos();
  }

  private int nextStep(Duration patience, Runnable late) {
    stopTimer();
    step++;
    timer = loop.schedule(guarded(late), patience.toNanos(), TimeUnit.NANOSECONDS);
    return step;
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static SshException tooLate(TunnelPlan plan, Duration patience) {
    return new SshException(
        SshFailure.TIMED_OUT,
        "ssh server " + plan.server() + ": no tunnel within " + patience.toMillis() + " ms");
  }

  private static SshException heldUp(TunnelPlan plan, Duration held) {
    return new SshException(
        SshFailure.HELD_UP,
        "ssh server " + plan.server() + ": held up here for " + held.toMillis() + " ms");
  }

  private static SshException notLookedUp(TunnelPlan plan, Throwable cause) {
    return new SshException(
        SshFailure.HELD_UP, "ssh server " + plan.server() + ": " + cause.getMessage(), cause);
  }

  private static SshException notReached(TunnelPlan plan, Duration patience) {
    return new SshException(
        SshFailure.TARGET_UNREACHABLE,
        "FTP server %s not reached through ssh server %s within %d ms"
            .formatted(plan.target(), plan.server(), patience.toMillis()));
  }

  private static SshException sshException(Future<?> failed) {
    return failed.cause() instanceof SshException ssh
        ? ssh
        : new SshException(
            SshFailure.SESSION_ENDED, String.valueOf(failed.cause().getMessage()), failed.cause());
  }
}
