package culvert.proxy.route;

import culvert.filter.Decision;
import culvert.filter.FilterEngine;
import culvert.proxy.door.Client;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.ftp.passive.DataClaims;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.NamedAddresses;
import culvert.proxy.upstream.Upstreams;
import io.netty.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The one class that takes a client from its front door to where it goes: to the FTP session that
 * expects it, or, as the rules decide, to FTP, to a tunnel, straight to its destination, or
 * nowhere.
 *
 * <p>{@link Decision} is made once; {@link RoutedConnection} carries it out.
 */
public final class Router implements ClientHandler {
  private static final int FIRST_DATA_PORT = 1024;

  private final Supplier<Policy> policy;
  private final NamedAddresses names;
  private final DataClaims dataConnections;
  private final FtpSessions ftpSessions;
  private final Upstreams upstreams;
  private final Relay relay;
  private final OpenConnections open;
  private volatile boolean draining;

  /**
   * @param policy asked once for each connection
   * @param names those of {@link FilterEngine#names}
   */
  public Router(
      Supplier<Policy> policy,
      NamedAddresses names,
      DataClaims dataConnections,
      FtpSessions ftpSessions,
      Upstreams upstreams,
      Relay relay,
      OpenConnections open) {
    this.policy = policy;
    this.names = names;
    this.dataConnections = dataConnections;
    this.ftpSessions = ftpSessions;
    this.upstreams = upstreams;
    this.relay = relay;
    this.open = open;
  }

  /** From now on there is a way for the data connections of FTP sessions alone. Any thread. */
  public void drain() {
    draining = true;
  }

  /** For clients of a fixed tunnel, whose way is known: neither table nor rules are asked. */
  public ClientHandler fixed(FixedWay way) {
    return client -> open.whenRoom(client, () -> go(client, way));
  }

  private void go(Client client, FixedWay way) {
    Policy now = policy.get();
    RoutedConnection connection = start(client, now);
    connection.guarded(
        () -> {
          if (draining) {
            connection.refuseLate();
          } else {
            open.identify(client, connection.recorder());
            connection.go(way.route(now));
          }
        });
  }

  private RoutedConnection start(Client client, Policy now) {
    Upstreams own = upstreams.of(client);
    PolicyRules rules = new PolicyRules(now, own.resolver(), names, own.owners(), client);
    return new RoutedConnection(client, open.begin(client), rules, ftpSessions, own, relay);
  }

  @Override
  public void handle(Client client) {
    open.whenRoom(
        client,
        () -> {
          RoutedConnection connection = start(client, policy.get());
          connection.guarded(() -> claim(client, new SocketOwner.NotLookedUp(), connection));
        });
  }

  /** Sessions that TLS hides announce nothing: what their clients want, the rules decide. */
  private boolean mayBeData(Client client) {
    Policy now = policy.get();
    int port = client.request().port();
    return port >= FIRST_DATA_PORT
        && !now.isControlPort(port)
        && open.anyBeside(client, now::isControlPort);
  }

  private void claim(Client client, SocketOwner owner, RoutedConnection connection) {
    switch (dataConnections.claim(client, owner, connection.recorder())) {
      case TAKEN -> client.served(); // an FTP session's data connection, and its affair from now on
      case HELD -> connection.refuseHeld();
      case NEEDS_OWNER ->
          upstreams
              .owners()
              .socket(client.arrival())
              .addListener(
                  (Future<SocketOwner> found) ->
                      connection.whileClientWaits(() -> claim(client, found.getNow(), connection)));
      case NOT_EXPECTED -> {
        if (client.isLeftBehind()) {
          connection.refuseHeld();
        } else if (draining && !mayBeData(client)) {
          connection.refuseLate();
        } else {
          open.identify(client, connection.recorder());
          connection.decide(client.request());
        }
      }
    }
  }
}
