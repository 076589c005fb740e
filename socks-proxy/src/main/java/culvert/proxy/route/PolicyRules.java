package culvert.proxy.route;

import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision;
import culvert.filter.Decision.Decided;
import culvert.filter.DestinationAddress;
import culvert.filter.DestinationNames;
import culvert.filter.Route;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.HostAddress;
import culvert.proxy.ftp.DestinationRules;
import culvert.proxy.ftp.RoutedRequest;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.NamedAddresses;
import culvert.ssh.AddressResolver;
import culvert.ssh.Defects;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks a policy's rules for one client, and again with what they need to know. Confined to the
 * client channel's event loop.
 */
record PolicyRules(
    Policy policy, AddressResolver resolver, NamedAddresses names, ClientOwners owners, Client from)
    implements DestinationRules {

  @Override
  public void decide(ConnectionRequest request, Answer answer) {
    Decision decision = policy.rules().decide(request);
    if (decision instanceof Decided decided) {
      answer.decided(routed(request, decided));
    } else if (decision instanceof Decision.NeedsNames) {
      ask(
          names.standingFor(client().own().getAddress(), client().channel().eventLoop()),
          answer,
          found -> named(request, found, answer));
    } else if (decision instanceof Decision.NeedsOsUser) {
      askOwner(
          owners.users(client()),
          answer,
          names -> decide(request.withOsUser(names.getNow()), answer));
    } else if (decision instanceof Decision.NeedsApplication) {
      askOwner(
          owners.applications(client()),
          answer,
          names -> decide(request.withApplication(names.getNow()), answer));
    } else {
      ask(
          resolver.resolve(request.host(), client().channel().eventLoop()),
          answer,
          resolved -> resolved(request, resolved, answer));
    }
  }

  private void named(ConnectionRequest request, Future<Set<String>> found, Answer answer) {
    if (found.isSuccess()) {
      decide(request.withNames(new DestinationNames.Known(found.getNow())), answer);
    } else {
      answer.undecided(found.cause());
    }
  }

  private void resolved(
      ConnectionRequest request, Future<List<InetAddress>> resolved, Answer answer) {
    if (resolved.isSuccess()) {
      InetAddress first = resolved.getNow().get(0);
      decide(request.withAddress(new DestinationAddress.Known(first)), answer);
    } else if (resolved.cause() instanceof UnknownHostException) {
      decide(request.withAddress(new DestinationAddress.Unresolvable()), answer);
    } else {
      answer.undecided(resolved.cause()); // nothing is known of the name
    }
  }

  private Arrival client() {
    return from.arrival();
  }

  private <T> void askOwner(Future<T> question, Answer answer, Consumer<Future<T>> next) {
    ask(
        question,
        answer,
        names ->
            ask(
                owners.socket(client()),
                answer,
                socket -> {
                  if (socket.getNow() instanceof SocketOwner.Unknown && isCapturedHere()) {
                    answer.undecided(
                        new SocketException(
                            "rules ask for its owner, and no socket of this host is the client's"));
                  } else {
                    next.accept(names);
                  }
                }));
  }

  /**
   * NAT may have given it another port, so that it looks like nobody's. The rules that are for its
   * owner would be passed over then.
   */
  private boolean isCapturedHere() {
    return from.isCaptured() && HostAddress.isThisHost(client().peer().getAddress());
  }

  /** Where the client lives by then: a session that asks once more has moved meanwhile. */
  private <T> void ask(Future<T> question, Answer answer, Consumer<Future<T>> next) {
    question.addListener(
        (FutureListener<T>)
            done -> from.home().post(Defects.told(() -> next.accept(done), answer::defect)));
  }

  /** With the profile that the route names. */
  RoutedRequest routed(ConnectionRequest request, Decided decided) {
    return new RoutedRequest(request, decided, profile(decided.route()));
  }

  private Optional<SshProfile> profile(Route route) {
    if (route instanceof Route.FtpTunnel tunnel) {
      return Optional.of(policy.profile(tunnel.profile()));
    }
    return route instanceof Route.Tunnel tunnel
        ? Optional.of(policy.profile(tunnel.profile()))
        : Optional.empty();
  }
}
