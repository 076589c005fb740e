package culvert.proxy.route;

import culvert.config.FallbackReason;
import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision.Decided;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.DestinationRules;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.ftp.RoutedRequest;
import culvert.proxy.ftp.passive.DataConnections;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.ClientLogin;
import culvert.proxy.upstream.ConfiguredServer;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.SshRefusal;
import culvert.proxy.upstream.TunnelEnds;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.TunnelTarget;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client on its way. Confined to the client channel's event loop. */
final class RoutedConnection {
  private static final Logger LOG = LoggerFactory.getLogger(RoutedConnection.class);

  /** Stands for the rule's name. */
  private static final String FIXED = "fixed-tunnel";

  private final Client client;
  private final ConnectionRecorder recorder;
  private final PolicyRules rules;
  private final DataConnections dataConnections;
  private final ClientOwners owners;
  private final FtpSessions ftpSessions;
  private final Upstreams upstreams;
  private final Relay relay;
  private final EventLoop loop;

  RoutedConnection(
      Client client,
      ConnectionRecorder recorder,
      PolicyRules rules,
      DataConnections dataConnections,
      ClientOwners owners,
      FtpSessions ftpSessions,
      Upstreams upstreams,
      Relay relay) {
    this.client = client;
    this.recorder = recorder;
    this.rules = rules;
    this.dataConnections = dataConnections;
    this.owners = owners;
    this.ftpSessions = ftpSessions;
    this.upstreams = upstreams;
    this.relay = relay;
    this.loop = client.channel().eventLoop();
  }

  ConnectionRecorder recorder() {
    return recorder;
  }

  /** Takes the way of a fixed tunnel. */
  void go(Route route) {
    recorder.routed(FIXED, route.action().toString());
    follow(rules.routed(client.request(), new Decided(Optional.empty(), route)));
  }

  /** The destination is an FTP session's, but this client was not announced there. */
  void refuseHeld() {
    recorder.routed("ftp-data", "block");
    refuse(EndReason.REFUSED, Refusal.NOT_ALLOWED, "port is held by a tunnelled FTP session");
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
            whileClientWaits(() -> heldUp(cause));
          }

          @Override
          public void defect(Throwable cause) {
            RoutedConnection.this.defect(cause);
          }
        });
  }

  private void decided(RoutedRequest routed) {
    Decided decided = routed.decided();
    recorder.routed(decided.ruleName(), decided.route().action().toString());
    follow(routed);
  }

  private void follow(RoutedRequest routed) {
    Route route = routed.decided().route();
    ConnectionRequest request = routed.request();
    boolean notYetChosen = route.ftp().filter(FtpHandling::userAtHost).isPresent();
    if (notYetChosen || route instanceof Route.FtpTunnel) {
      ftpSessions.start(client, routed, rules, recorder);
    } else if (route instanceof Route.Direct direct) {
      withAddresses(
          request,
          addresses -> {
            if (direct.ftp().isPresent()) {
              ftpSessions.start(client, routed, rules, recorder);
            } else {
              connectDirectly(addresses, request.port());
            }
          });
    } else if (route instanceof Route.Tunnel tunnel) {
      tunnel(request, tunnel, routed.profile().orElseThrow());
    } else {
      refuse(EndReason.REFUSED, Refusal.NOT_ALLOWED, "blocked by rule");
    }
  }

  // Direct

  /** Goes on with the destination's addresses if they may be connected directly. */
  private void withAddresses(ConnectionRequest request, Consumer<List<InetAddress>> next) {
    resolve(request, addresses -> withAddresses(request, addresses, next));
  }

  private void withAddresses(
      ConnectionRequest request, List<InetAddress> addresses, Consumer<List<InetAddress>> next) {
    if (addresses.isEmpty()) {
      refuse(
          EndReason.UPSTREAM_FAILED, Refusal.HOST_UNREACHABLE, request.host() + ": name unknown");
    } else {
      unlessHeld(addresses, request.port(), next);
    }
  }

  /**
   * What the rules have decided by, else what the name resolves to; none: it is unknown. A verdict
   * without an address stays without one, whatever the name server says by now.
   */
  private void resolve(ConnectionRequest request, Consumer<List<InetAddress>> next) {
    if (request.address() instanceof DestinationAddress.Known known) {
      next.accept(List.of(known.address()));
    } else if (request.address() instanceof DestinationAddress.Unresolvable) {
      next.accept(List.of());
    } else {
      upstreams
          .resolver()
          .resolve(request.host(), loop)
          .addListener(
              (Future<List<InetAddress>> resolved) ->
                  whileClientWaits(
                      () -> {
                        if (resolved.isSuccess()) {
                          next.accept(resolved.getNow());
                        } else if (resolved.cause() instanceof UnknownHostException) {
                          next.accept(List.of());
                        } else {
                          heldUp(resolved.cause());
                        }
                      }));
    }
  }

  /** What has kept this client waiting is our own, and says nothing of its destination. */
  private void heldUp(Throwable cause) {
    refuse(EndReason.UPSTREAM_FAILED, Refusal.GENERAL_FAILURE, String.valueOf(cause.getMessage()));
  }

  /** An FTP server's data are not reached by another name of its host. */
  private void unlessHeld(List<InetAddress> addresses, int port, Consumer<List<InetAddress>> next) {
    unlessHeld(addresses, port, new SocketOwner.NotLookedUp(), next);
  }

  private void unlessHeld(
      List<InetAddress> addresses, int port, SocketOwner owner, Consumer<List<InetAddress>> next) {
    Set<DataConnections.Claim> claims =
        addresses.stream()
            .map(address -> dataConnections.direct(client, owner, address, port))
            .collect(Collectors.toSet());
    if (claims.contains(DataConnections.Claim.HELD)) {
      refuse(EndReason.REFUSED, Refusal.NOT_ALLOWED, "port is held by a tunnelled FTP session");
    } else if (claims.contains(DataConnections.Claim.NEEDS_OWNER)) {
      owners
          .socket(client.arrival())
          .addListener(
              (Future<SocketOwner> found) ->
                  whileClientWaits(() -> unlessHeld(addresses, port, found.getNow(), next)));
    } else {
      next.accept(addresses);
    }
  }

  private void connectDirectly(List<InetAddress> addresses, int port) {
    upstreams
        .direct()
        .connect(addresses, port, loop, EarlyReads.initializer())
        .addListener(
            (Future<DuplexChannel> connected) -> {
              if (connected.isSuccess()) {
                relay(connected.getNow());
              } else {
                whileClientWaits(() -> directFailed(connected.cause()));
              }
            });
  }

  private void directFailed(Throwable cause) {
    Refusal refusal =
        cause instanceof ConnectFailedException failed ? failed.refusal() : Refusal.GENERAL_FAILURE;
    refuse(
        refusal == Refusal.NOT_ALLOWED ? EndReason.REFUSED : EndReason.UPSTREAM_FAILED,
        refusal,
        String.valueOf(cause.getMessage()));
  }

  // Tunnel

  private void tunnel(ConnectionRequest request, Route.Tunnel route, SshProfile profile) {
    ConfiguredServer configured = TunnelEnds.server(request, profile);
    Optional<SshSessionSpec> session =
        ClientLogin.withoutFtp(client.user()).session(configured, client.address().getAddress());
    if (session.isEmpty()) {
      SshServer server = configured.server();
      tunnelFailed(
          request,
          route,
          new SshException(SshFailure.NO_IDENTITY, "ssh server " + server + ": no user name"));
      return;
    }
    upstreams
        .ssh()
        .connect(session.get(), loop)
        .addListener(
            (Future<SshSession> connected) -> {
              if (!connected.isSuccess()) {
                whileClientWaits(() -> tunnelFailed(request, route, connected.cause()));
              } else if (!client.channel().isActive()) {
                connected.getNow().release();
              } else {
                guarded(
                    () -> {
                      try {
                        recorder.tunnelled(session.get().server().toString(), session.get().user());
                        openChannel(request, route, session.get().server(), connected.getNow());
                      } catch (RuntimeException | Error e) {
                        connected.getNow().release();
                        throw e;
                      }
                    });
              }
            });
  }

  private void openChannel(
      ConnectionRequest request, Route.Tunnel route, SshServer server, SshSession session) {
    TunnelTarget target = TunnelEnds.target(request, route.target());
    session
        .openDirectTcpip(target, Originator.of(client.address()), loop, EarlyReads.initializer())
        .addListener(
            (Future<DuplexChannel> opened) -> {
              Optional<InetAddress> reached = TunnelEnds.destination(server, session);
              session.release();
              if (opened.isSuccess()) {
                guarded(() -> pin(request, route, server, reached));
                relay(opened.getNow());
              } else {
                whileClientWaits(() -> tunnelFailed(request, route, opened.cause()));
              }
            });
  }

  /** Any port may be asked for here: what never falls back needs no pin. */
  private void pin(
      ConnectionRequest request,
      Route.Tunnel route,
      SshServer server,
      Optional<InetAddress> reached) {
    if (!route.fallback().reasons().isEmpty()) {
      upstreams.pins().of(client).tunnelled(request, server.toString(), reached);
    }
  }

  private void tunnelFailed(ConnectionRequest request, Route.Tunnel route, Throwable cause) {
    String detail = String.valueOf(cause.getMessage());
    if (!(cause instanceof SshException failed)) {
      LOG.error("tunnel failed", cause);
      refuse(EndReason.INTERNAL_ERROR, Refusal.GENERAL_FAILURE, detail);
      return;
    }
    recorder.tunnelFailed(failed.failure());
    Optional<FallbackReason> fallback =
        failed.failure().fallbackReason().filter(route.fallback()::allows);
    if (fallback.isEmpty()) {
      refuse(EndReason.UPSTREAM_FAILED, SshRefusal.of(failed.failure()), detail);
    } else if (fallback.get() == FallbackReason.UNREACHABLE) {
      resolve(request, addresses -> unlessPinned(request, addresses, failed));
    } else {
      recorder.fellBack(fallback.get(), detail);
      withAddresses(request, addresses -> connectDirectly(addresses, request.port()));
    }
  }

  /** The addresses that the pins are asked about are the ones to be connected. */
  private void unlessPinned(
      ConnectionRequest request, List<InetAddress> addresses, SshException failed) {
    String detail = String.valueOf(failed.getMessage());
    upstreams
        .pins()
        .of(client)
        .objection(request, addresses, loop)
        .addListener(
            (Future<Optional<String>> asked) ->
                whileClientWaits(
                    () ->
                        asked
                            .getNow()
                            .ifPresentOrElse(
                                objection -> keepFromPlaintext(failed.with(objection)),
                                () -> {
                                  recorder.fellBack(FallbackReason.UNREACHABLE, detail);
                                  withAddresses(
                                      request,
                                      addresses,
                                      free -> connectDirectly(free, request.port()));
                                })));
  }

  private void keepFromPlaintext(SshException failed) {
    recorder.keptFromPlaintext();
    refuse(
        EndReason.UPSTREAM_FAILED,
        SshRefusal.of(failed.failure()),
        String.valueOf(failed.getMessage()));
  }

  // Ends

  private void relay(DuplexChannel upstream) {
    if (!client.channel().isActive()) {
      Closing.reset(upstream);
      return;
    }
    guarded(
        () -> {
          try {
            relay.start(client.channel(), upstream, recorder, recorder::ended);
          } catch (RuntimeException | Error e) {
            Closing.reset(upstream);
            throw e;
          }
          client.accept();
        });
  }

  private void refuse(EndReason reason, Refusal refusal, String detail) {
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

  private void defect(Throwable cause) {
    LOG.atError().addKeyValue("conn", recorder.id()).setCause(cause).log("routing failed");
    recorder.ended(EndReason.INTERNAL_ERROR, cause.toString());
    Closing.reset(client.channel());
  }
}
