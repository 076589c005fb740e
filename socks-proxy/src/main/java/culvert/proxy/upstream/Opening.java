package culvert.proxy.upstream;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.relay.HomeLoop;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a client's connection to its destination, one {@link Step} after the other: through SSH,
 * else, where the rule allows it for that failure, in plaintext. All steps have one deadline. Each
 * attempt ends with exactly one call of its {@link Listener}, unless it is cancelled; one opening
 * serves one attempt after the other. Confined to the client channel's loop.
 */
public final class Opening {

  /** Who waits for it. */
  public interface Listener {
    /** The channel may live on another loop. */
    void opened(DuplexChannel channel, Upstream upstream);

    /**
     * There is no way to the destination.
     *
     * @param cause an {@link SshException} or a {@link ConnectFailedException}
     */
    void failed(Exception cause);

    /** Nobody but Culvert is to blame: no verdict on the way, and no reason for another one. */
    void defect(Throwable cause);
  }

  /**
   * What the connection is for.
   *
   * @param peer the destination's part in messages: {@code "FTP server "}, or empty
   * @param initializer of each channel that is tried: the first in its pipeline
   * @param patient whether the client waits as long as the profile has it; FTP clients do not
   */
  public record Use(String peer, Supplier<ChannelHandler> initializer, boolean patient) {}

  private final Upstreams upstreams;
  private final ConnectionRequest request;
  private final Client client;
  private final Use use;
  private final ConnectionRecorder recorder;
  private final Listener listener;
  private OpeningTimes times = OpeningTimes.DEFAULT; // of the present attempt
  private long deadline;
  private @Nullable Step present;

  /**
   * @param upstreams on the client's behalf
   */
  public Opening(
      Upstreams upstreams,
      ConnectionRequest request,
      Client client,
      Use use,
      ConnectionRecorder recorder,
      Listener listener) {
    this.upstreams = upstreams;
    this.request = request;
    this.client = client;
    this.use = use;
    this.recorder = recorder;
    this.listener = listener;
  }

  /**
   * Through SSH first.
   *
   * @param preparation a connection that is being made already
   * @param spec empty: there is nothing to log in with
   */
  public void openTunnel(
      TunnelPlan planned,
      Optional<SshTransport.Preparation> preparation,
      Optional<SshSessionSpec> spec) {
    startClock(use.patient() ? planned.profile().patience() : Duration.ZERO);
    if (spec.isPresent()) {
      go(new TunnelStep(this, planned, preparation, spec.get()));
    } else {
      tunnelFailed(
          planned,
          new SshException(
              SshFailure.NO_IDENTITY,
              "nothing to log in with at ssh server "
                  + planned.server()
                  + (use.peer().isEmpty() ? " (no user name)" : " (anonymous FTP?)")));
    }
  }

  /** In plaintext at once, because the SSH server was not even reached, if that is allowed. */
  public void fallBack(TunnelPlan plan, SshException cause) {
    startClock(Duration.ZERO);
    tunnelFailed(plan, cause);
  }

  /** In plaintext, because the route says so. */
  public void openPlain() {
    startClock(Duration.ZERO);
    go(new PlainStep(this, Optional.empty()));
  }

  /** Nobody waits any more. */
  public void cancel() {
    if (present != null) {
      present.stop();
      present = null;
    }
  }

  /** Somebody else has given up what was shared with him. */
  public static boolean isAbandoned(Future<Void> prepared) {
    return !prepared.isSuccess()
        && SshException.of(prepared.cause()).failure() == SshFailure.SESSION_ENDED;
  }

  private void startClock(Duration ofTheProfile) {
    OpeningTimes usual = upstreams.times();
    boolean longer = ofTheProfile.compareTo(usual.tunnel()) > 0;
    times = longer ? new OpeningTimes(ofTheProfile, usual.all().plus(ofTheProfile)) : usual;
    deadline = home().nanoTime() + times.all().toNanos();
  }

  private void go(Step next) {
    home().check();
    cancel();
    present = next;
    next.begin();
  }

  // What the steps ask for, and how they end

  Upstreams upstreams() {
    return upstreams;
  }

  ConnectionRequest request() {
    return request;
  }

  Client client() {
    return client;
  }

  HomeLoop home() {
    return client.home();
  }

  Use use() {
    return use;
  }

  ConnectionRecorder recorder() {
    return recorder;
  }

  TunnelPins pins() {
    return upstreams.pins().of(client);
  }

  OpeningTimes times() {
    return times;
  }

  /** Of the time for all steps together, in nanoseconds; none: 0 or less. */
  long left() {
    return deadline - home().nanoTime();
  }

  void succeed(DuplexChannel channel, Upstream upstream) {
    cancel();
    listener.opened(channel, upstream);
  }

  void tunnelFailed(TunnelPlan plan, SshException cause) {
    tunnelFailed(
        plan,
        cause,
        cause.failure().fallbackReason().filter(FallbackReason.UNREACHABLE::equals).isEmpty());
  }

  /**
   * @param verdict whether a verified server said so: else anybody on the way may have brought it
   *     about, to force a pinned destination into plaintext
   */
  void tunnelFailed(TunnelPlan plan, SshException cause, boolean verdict) {
    if (Refusals.isDefect(cause)) {
      defect(cause);
      return;
    }
    recorder.tunnelFailed(cause);
    Optional<FallbackReason> reason =
        cause.failure().fallbackReason().filter(plan.fallback()::allows);
    if (reason.isEmpty()) {
      fail(cause);
    } else {
      go(
          new PlainStep(
              this, Optional.of(new PlainStep.InPlace(plan, reason.get(), cause, verdict))));
    }
  }

  void fail(Exception cause) {
    fail(cause, PlainWords.of(cause));
  }

  /**
   * @param detail in place of the cause's own words, for the story
   */
  void fail(Exception cause, String detail) {
    cancel();
    recorder.refused(Refusals.why(cause), detail);
    listener.failed(cause);
  }

  void defect(Throwable cause) {
    cancel();
    listener.defect(cause);
  }
}
