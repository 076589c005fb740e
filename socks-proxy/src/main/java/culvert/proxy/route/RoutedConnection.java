package culvert.proxy.route;

import culvert.filter.ConnectionRequest;
import culvert.filter.Decision.Decided;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.ftp.DestinationRules;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.ftp.RoutedRequest;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.Opening;
import culvert.proxy.upstream.Refusals;
import culvert.proxy.upstream.TunnelPlan;
import culvert.proxy.upstream.Upstream;
import culvert.proxy.upstream.Upstreams;
import culvert.ssh.PlainWords;
import io.netty.channel.socket.DuplexChannel;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client on its way. Confined to the client channel's event loop. */
final class RoutedConnection implements Opening.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(RoutedConnection.class);
  private static final Opening.Use RELAYED = new Opening.Use("", EarlyReads::initializer, true);

  /** Stands for the rule's name. */
  private static final String FIXED = "fixed-tunnel";

  private final Client client;
  private final ConnectionRecorder recorder;
  private final PolicyRules rules;
  private final FtpSessions ftpSessions;
  private final Upstreams upstreams;
  private final Relay relay;

  /**
   * @param upstreams on the client's behalf
   */
  RoutedConnection(
      Client client,
      ConnectionRecorder recorder,
      PolicyRules rules,
      FtpSessions ftpSessions,
      Upstreams upstreams,
      Relay relay) {
    this.client = client;
    this.recorder = recorder;
    this.rules = rules;
    this.ftpSessions = ftpSessions;
    this.upstreams = upstreams;
    this.relay = relay;
  }

  ConnectionRecorder recorder() {
    return recorder;
  }

  /** Takes the way of a fixed tunnel. */
  void go(Route route) {
    recorder.routed(client.request(), FIXED, route.action().toString());
    follow(rules.routed(client.request(), new Decided(Optional.empty(), route)));
  }

  /** The destination is an FTP session's, but this client was not announced there. */
  void refuseHeld() {
    recorder.routed(client.request(), "ftp-data", "block");
    refuse(
        RefusedWhy.NOT_ALLOWED,
        EndReason.REFUSED,
        Refusal.NOT_ALLOWED,
        "port is held by a tunnelled FTP session");
  }

  /** Culvert ends, and this is no data connection of a session that is still there. */
  void refuseLate() {
    refuse(
        RefusedWhy.CULVERT,
        EndReason.SHUTDOWN,
        Refusal.GENERAL_FAILURE,
        "Culvert is shutting down");
  }

  /** Asks the rules, and goes where they say. */
  void decide(ConnectionRequest request) {
    rules.decide(
        request,
        new DestinationRules.Answer() {
          @Override
          public void decided(RoutedRequest routed) {
            whileClientWaits(() -> RoutedConnection.this.decided(routed));
          }

          @Override
          public void undecided(Throwable cause) {
            whileClientWaits(() -> RoutedConnection.this.undecided(cause));
          }

          @Override
          public void defect(Throwable cause) {
            RoutedConnection.this.defect(cause);
          }
        });
  }

  private void decided(RoutedRequest routed) {
    Decided decided = routed.decided();
    recorder.routed(routed.request(), decided.ruleName(), decided.route().action().toString());
    follow(routed);
  }

  /** What has kept this client waiting is our own, and says nothing of its destination. */
  private void undecided(Throwable cause) {
    refuse(
        RefusedWhy.CULVERT,
        EndReason.UPSTREAM_FAILED,
        Refusal.GENERAL_FAILURE,
        PlainWords.of(cause));
  }

  private void follow(RoutedRequest routed) {
    Route route = routed.decided().route();
    if (route.ftp().isPresent()) {
      ftpSessions.start(client, routed, rules, recorder);
    } else if (route instanceof Route.Tunnel tunnel) {
      TunnelPlan plan =
          TunnelPlan.of(
              routed.decided().ruleName(),
              routed.request(),
              tunnel,
              routed.profile().orElseThrow());
      opening(routed.request())
          .openTunnel(
              plan, Optional.empty(), plan.session(client.user(), client.address().getAddress()));
    } else if (route instanceof Route.Direct) {
      opening(routed.request()).openPlain();
    } else {
      refuse(RefusedWhy.RULE, EndReason.REFUSED, Refusal.NOT_ALLOWED, "blocked by rule");
    }
  }

  private Opening opening(ConnectionRequest request) {
    Opening opening = new Opening(upstreams.of(request), request, client, RELAYED, recorder, this);
    client.channel().closeFuture().addListener(closed -> opening.cancel());
    return opening;
  }

  @Override
  public void opened(DuplexChannel channel, Upstream upstream) {
    upstream.release(); // no other channel will follow
    client.moveTo(channel.eventLoop(), () -> wire(channel));
  }

  private void wire(DuplexChannel channel) {
    if (!client.channel().isActive()) {
      Closing.reset(channel);
      return;
    }
    guarded(
        () -> {
          try {
            relay.start(client.channel(), channel, recorder, recorder::ended);
            client.served();
          } catch (RuntimeException | Error e) {
            Closing.reset(channel);
            throw e;
          }
          client.accept();
        });
  }

  @Override
  public void failed(Exception cause) {
    whileClientWaits(
        () -> end(Refusals.endReason(cause), Refusals.of(cause), PlainWords.of(cause)));
  }

  private void refuse(RefusedWhy why, EndReason reason, Refusal refusal, String detail) {
    recorder.refused(why, detail);
    end(reason, refusal, detail);
  }

  private void end(EndReason reason, Refusal refusal, String detail) {
    recorder.ended(reason, detail);
    client.refuse(refusal);
  }

  void whileClientWaits(Runnable next) {
    if (client.channel().isActive()) {
      guarded(next);
    }
  }

  /** A defect costs one connection, and is heard of. */
  void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      defect(e);
    }
  }

  @Override
  public void defect(Throwable cause) {
    LOG.atError().addKeyValue("job", recorder.job()).setCause(cause).log("routing failed");
    recorder.ended(EndReason.INTERNAL_ERROR, PlainWords.of(cause));
    Closing.reset(client.channel());
  }
}
