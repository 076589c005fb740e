package culvert.proxy.upstream;

import culvert.proxy.event.SshCarrier;
import culvert.proxy.relay.Closing;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.Originator;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Through SSH: a session, of which a connection may have been prepared, and a channel in it. What
 * passes in Culvert's own queues is no evidence about the server: where it leaves too little time
 * for it, the end is without fallback.
 */
final class TunnelStep extends Step {
  /** While our own time runs, the server's stands still. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /** Less is not worth a word. */
  private static final Duration SLIGHT = Duration.ofMillis(500);

  private final Opening opening;
  private final TunnelPlan planned;
  private final Optional<SshTransport.Preparation> preparation;
  private final SshSessionSpec spec;
  private final SshTransport ssh;
  private final TunnelPlan plan; // at the server that it has come to be
  private final Duration patience;
  private final OwnTime ownTime;
  private final long begun;

  TunnelStep(
      Opening opening,
      TunnelPlan planned,
      Optional<SshTransport.Preparation> preparation,
      SshSessionSpec spec) {
    super(opening.home(), opening::defect);
    this.opening = opening;
    this.ownTime = new OwnTime(opening.home());
    this.begun = opening.home().nanoTime();
    this.planned = planned;
    this.preparation = preparation;
    this.spec = spec;
    this.ssh = opening.upstreams().ssh();
    this.plan = planned.at(spec.server());
    this.patience =
        plan.fallback().reasons().isEmpty() ? opening.times().all() : opening.times().tunnel();
  }

  @Override
  void begin() {
    watch(() -> opening.tunnelFailed(plan, tooLate()));
    if (isOver()) {
      return; // no patience at all
    }
    Optional<SshTransport.Preparation> prepared =
        preparation
            .filter(p -> plan.server().equals(planned.server())) // else it was another server's
            .filter(p -> !p.ready().isDone() || isVerdict(p.ready(), false));
    if (prepared.isEmpty()) {
      connect();
      return;
    }
    ownTime.wait(prepared.get()::heldUp);
    prepared.get().ready().addListener(guarded((FutureListener<Void>) this::prepared));
  }

  private void prepared(Future<Void> ready) {
    if (isOver()) {
      return;
    }
    ownTime.waited();
    if (isVerdict(ready, true)) {
      opening.tunnelFailed(plan, SshException.of(ready.cause()));
    } else {
      connect();
    }
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
    SshFailure failure = SshException.of(ready.cause()).failure();
    return failure == SshFailure.HOST_KEY || (fresh && failure != SshFailure.SESSION_ENDED);
  }

  /**
   * Ends the step when its time is up.
   *
   * @param late the server has had its time
   */
  private void watch(Runnable late) {
    long left = begun + patience.plus(ownTime.soFar()).toNanos() - opening.home().nanoTime();
    long leftInAll = opening.left();
    if (left <= 0 || (leftInAll <= 0 && ownTime.soFar().compareTo(SLIGHT) < 0)) {
      late.run(); // where the time for all steps is up, too, nothing follows
    } else if (leftInAll <= 0) {
      opening.tunnelFailed(plan, heldUp("held up here for " + ownTime.soFar().toMillis() + " ms"));
    } else {
      in(Math.max(Math.min(left, leftInAll), LOOK_AGAIN.toNanos()), () -> watch(late));
    }
  }

  private void connect() {
    ownTime.wait(() -> ssh.heldUp(spec));
    ssh.connect(spec, loop()).addListener(guarded((FutureListener<SshSession>) this::connected));
  }

  private void connected(Future<SshSession> connected) {
    if (!connected.isSuccess()) {
      if (!isOver()) {
        opening.tunnelFailed(plan, SshException.of(connected.cause()));
      }
    } else if (isOver()) {
      connected.getNow().release();
    } else {
      SshSession session = connected.getNow();
      releasedOnDefect(
          session,
          () -> {
            ownTime.waited();
            openPinned(session);
          });
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

  /**
   * A name with several addresses is resolved by the SSH server for each connection anew, and data
   * would end up at another host than control: the address that SSH has reached stands for it.
   */
  private void openPinned(SshSession session) {
    Optional<InetAddress> reached = session.serverAddress();
    if (!plan.leadsToTheServerItself() || reached.isEmpty()) {
      openChannel(plan, session);
      return;
    }
    ownTime.waitForOurselves();
    opening
        .upstreams()
        .resolver()
        .resolve(plan.target().host(), loop())
        .addListener(
            guarded(
                (FutureListener<List<InetAddress>>)
                    resolved -> resolved(resolved, reached.get(), session)));
  }

  private void resolved(
      Future<List<InetAddress>> resolved, InetAddress reached, SshSession session) {
    if (isOver()) {
      session.release();
      return;
    }
    ownTime.waited();
    if (resolved.cause() instanceof NotLookedUpException) {
      session.release();
      opening.tunnelFailed(plan, heldUp(PlainWords.of(resolved.cause())));
      return;
    }
    boolean several = resolved.isSuccess() && isOneOf(resolved.getNow(), reached);
    TunnelPlan one = several ? plan.to(NetUtil.toAddressString(reached)) : plan;
    releasedOnDefect(session, () -> openChannel(one, session));
  }

  /** An IPv4 and an IPv6 address are most often the same host's, whose FTP server may lack one. */
  private static boolean isOneOf(List<InetAddress> addresses, InetAddress reached) {
    return addresses.stream().filter(a -> a.getClass() == reached.getClass()).count() > 1;
  }

  private void openChannel(TunnelPlan one, SshSession session) {
    // The SSH server has let us in: from now on it is its target that keeps us waiting.
    watch(() -> opening.tunnelFailed(plan, notReached(one), false));
    ownTime.wait(session::heldUp);
    session
        .openDirectTcpip(
            one.target(),
            Originator.of(opening.client().address()),
            loop(),
            opening.use().initializer().get())
        .addListener(
            guarded((FutureListener<DuplexChannel>) opened -> opened(opened, one, session)));
  }

  private void opened(Future<DuplexChannel> opened, TunnelPlan one, SshSession session) {
    if (opened.isSuccess() && !isOver()) {
      tunnelled(one, session, opened.getNow());
      return;
    }
    session.release();
    if (opened.isSuccess()) {
      Closing.reset(opened.getNow());
    } else if (!isOver()) {
      opening.tunnelFailed(plan, SshException.of(opened.cause()));
    }
  }

  private void tunnelled(TunnelPlan one, SshSession session, DuplexChannel channel) {
    try {
      String server = plan.server().toString();
      if (plan.remembered()) {
        Optional<InetAddress> reached = TunnelEnds.destination(plan.server(), session);
        opening.pins().tunnelled(opening.request(), plan.fixed(), server, reached);
      }
      opening
          .recorder()
          .tunnelled(new SshCarrier(server, spec.user(), Optional.of(session.security())));
    } catch (RuntimeException | Error e) {
      session.release();
      Closing.reset(channel);
      throw e;
    }
    opening.succeed(
        channel, new Upstream.Tunnelled(session, one.target().host(), plan.server(), spec.user()));
  }

  private SshException tooLate() {
    return ssh.unfinished(spec)
        .orElseGet(
            () ->
                new SshException(
                    SshFailure.TIMED_OUT,
                    "ssh server %s: no tunnel within %d ms"
                        .formatted(plan.server(), patience.toMillis())));
  }

  private SshException heldUp(String why) {
    return new SshException(SshFailure.HELD_UP, "ssh server " + plan.server() + ": " + why);
  }

  private SshException notReached(TunnelPlan one) {
    return new SshException(
        SshFailure.TARGET_UNREACHABLE,
        "%s%s not reached through ssh server %s within %d ms"
            .formatted(opening.use().peer(), one.target(), plan.server(), patience.toMillis()));
  }
}
