package culvert.proxy.ftp;

import culvert.config.Endpoint;
import culvert.filter.ConnectionRequest;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.door.Destination;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.ftp.core.LoginCapture;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.proxy.ftp.core.LoginEvent;
import culvert.proxy.upstream.Opening;
import culvert.proxy.upstream.TunnelPlan;
import culvert.ssh.Password;
import culvert.ssh.PlainWords;
import culvert.ssh.SshTransport.Preparation;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session whose destination the client may name with {@code USER name@host}. Nothing is opened
 * before, and the front door answers at once. The rules decide about each destination that is
 * named; what they say of {@code user-at-host} itself counts no more. Confined to the session's
 * loop.
 */
final class UserAtHostStart implements SessionWay.Opener, SessionWay.DestinationChoice {
  private static final Logger LOG = LoggerFactory.getLogger(UserAtHostStart.class);

  private final FtpServices all;
  private final Client client;
  private final RoutedRequest requested;
  private final DestinationRules rules;
  private final FtpSession session;
  private final ConnectionRecorder recorder;
  private @Nullable Attempt attempt;

  /** The way to one destination. */
  private record Attempt(
      Opening opening, Optional<TunnelPlan> plan, Optional<Preparation> preparation) {}

  /**
   * @param requested what the front door was asked for: stands until USER names something else
   */
  UserAtHostStart(
      FtpServices all,
      Client client,
      RoutedRequest requested,
      DestinationRules rules,
      FtpSession session,
      ConnectionRecorder recorder) {
    this.all = all;
    this.client = client;
    this.requested = requested;
    this.rules = rules;
    this.session = session;
    this.recorder = recorder;
  }

  void begin() {
    session.begin(this);
    session.way().chosenBy(this);
    session.capture(LoginCapture.userAtHost());
  }

  @Override
  public void choose(Optional<Endpoint> named) {
    if (named.isEmpty()) {
      follow(requested);
      return;
    }
    Destination destination;
    try {
      destination = Destination.parse(named.get().host());
    } catch (IllegalArgumentException e) {
      session.tellLogin(
          new LoginEvent.Refused("culvert: USER name@host[:port]: " + e.getMessage()));
      return;
    }
    rules.decide(
        requested
            .request()
            .withDestination(destination.host(), destination.address(), named.get().port()),
        new RulesAnswer(destination.host()));
  }

  private final class RulesAnswer implements DestinationRules.Answer {
    private final String host;

    RulesAnswer(String host) {
      this.host = host;
    }

    @Override
    public void decided(RoutedRequest routed) {
      if (!session.hasEnded()) {
        session.guarded(() -> follow(routed));
      }
    }

    @Override
    public void undecided(Throwable cause) {
      if (!session.hasEnded()) {
        LOG.atWarn()
            .addKeyValue("destination", Map.of("host", host))
            .log("not decided: {}", PlainWords.of(cause));
        session.tellLogin(new LoginEvent.Refused("culvert: " + host + ": busy, try again later"));
      }
    }

    @Override
    public void defect(Throwable cause) {
      session.defect(cause);
    }
  }

  private void follow(RoutedRequest routed) {
    ConnectionRequest request = routed.request();
    FtpServices services = all.of(client, request);
    recorder.destinationNamed(
        request, routed.decided().ruleName(), routed.decided().route().action().toString());
    if (routed.decided().route() instanceof Route.Block) {
      recorder.refused(RefusedWhy.RULE, "blocked by rule");
      session.tellLogin(
          new LoginEvent.Refused(
              "culvert: " + Endpoint.format(request.host(), request.port()) + ": not allowed"));
      return;
    }
    Route route = asFtp(routed.decided().route());
    Opening opening = SessionStarts.opening(services, request, client, recorder, session);
    Optional<TunnelPlan> plan =
        route instanceof Route.FtpTunnel tunnel
            ? Optional.of(
                TunnelPlan.of(
                    routed.decided().ruleName(), request, tunnel, routed.profile().orElseThrow()))
            : Optional.empty();
    Optional<LoginDepth> depth = plan.flatMap(p -> LoginDepth.of(p.profile()));
    Optional<Preparation> preparation =
        depth.flatMap(d -> plan).flatMap(p -> prepare(services, p)); // while the client still types
    attempt = new Attempt(opening, plan, preparation);
    session
        .way()
        .lead(services, request, route, SessionStarts.ports(services, client, request, route));
    session.tellLogin(new LoginEvent.Decided(depth.orElse(LoginDepth.USER)));
  }

  private Optional<Preparation> prepare(FtpServices services, TunnelPlan plan) {
    return plan.prepare(
        services.upstreams().ssh(),
        client.user(),
        client.address().getAddress(),
        client.channel().eventLoop());
  }

  /** The client speaks FTP already, so a tunnel for bytes is one for FTP. */
  private static Route asFtp(Route route) {
    return route instanceof Route.Tunnel tunnel
        ? new Route.FtpTunnel(
            tunnel.profile(), tunnel.target(), tunnel.fallback(), FtpHandling.STANDARD)
        : route;
  }

  @Override
  public void open(byte[] user, Optional<Password> password) {
    Attempt present = attempt;
    if (present == null) {
      throw new IllegalStateException("FTP session: opened before its destination was chosen");
    }
    if (present.plan().isEmpty()) {
      present.opening().openPlain();
      return;
    }
    TunnelPlan plan = present.plan().get();
    attempt = new Attempt(present.opening(), present.plan(), Optional.empty()); // serves one login
    present
        .opening()
        .openTunnel(
            plan,
            present.preparation(),
            LoginDepth.of(plan.profile()).isPresent()
                ? plan.session(user, password, client.user(), client.address().getAddress())
                : plan.session(client.user(), client.address().getAddress()));
  }

  @Override
  public void cancel() {
    if (attempt != null) {
      attempt.opening().cancel();
    }
  }
}
