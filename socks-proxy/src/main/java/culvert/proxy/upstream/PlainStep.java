package culvert.proxy.upstream;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Refusal;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.Closing;
import culvert.proxy.upstream.HeldPorts.Hold;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * In plaintext, straight to the destination: by the rule, or in place of a tunnel. The addresses
 * that the pins and the tunnelled sessions are asked about are the ones that are connected.
 */
final class PlainStep extends Step {

  /**
   * A tunnel that there is not.
   *
   * @param verdict see {@link Opening#tunnelFailed}
   */
  record InPlace(TunnelPlan plan, FallbackReason reason, SshException cause, boolean verdict) {}

  private final Opening opening;
  private final ConnectionRequest request;
  private final Optional<InPlace> inPlace;
  private boolean plain; // nothing speaks against it

  PlainStep(Opening opening, Optional<InPlace> inPlace) {
    super(opening.home(), opening::defect);
    this.opening = opening;
    this.request = opening.request();
    this.inPlace = inPlace;
  }

  @Override
  void begin() {
    if (opening.left() <= 0) {
      late(); // nobody is told that this was tried
      return;
    }
    in(opening.left(), this::late);
    plain = inPlace.filter(tunnel -> !tunnel.verdict()).isEmpty();
    if (request.address() instanceof DestinationAddress.Known known) {
      resolved(List.of(known.address()));
    } else {
      opening
          .upstreams()
          .resolver()
          .resolve(request.host(), loop())
          .addListener(guarded((FutureListener<List<InetAddress>>) this::resolved));
    }
  }

  private void late() {
    if (plain || inPlace.isEmpty()) {
      fail(failure(Refusal.TIMED_OUT, "%s: timed out".formatted(destination()), null));
    } else {
      opening.fail(inPlace.get().cause());
    }
  }

  private void resolved(Future<List<InetAddress>> found) {
    if (isOver()) {
      return;
    }
    if (found.isSuccess()) {
      resolved(found.getNow());
    } else if (found.cause() instanceof UnknownHostException) {
      resolved(List.of()); // pinned it may be all the same
    } else {
      String why = PlainWords.of(found.cause());
      fail(failure(Refusal.GENERAL_FAILURE, why, found.cause()));
    }
  }

  private void resolved(List<InetAddress> addresses) {
    if (plain) {
      connectKnown(addresses);
    } else {
      opening
          .pins()
          .objection(request, inPlace.orElseThrow().plan().fixed(), addresses, loop())
          .addListener(
              guarded(
                  (FutureListener<Optional<String>>) asked -> asked(asked.getNow(), addresses)));
    }
  }

  private void asked(Optional<String> objection, List<InetAddress> addresses) {
    if (isOver()) {
      return;
    }
    if (objection.isPresent()) {
      opening.recorder().keptFromPlaintext();
      opening.fail(inPlace.orElseThrow().cause().with(objection.get()));
    } else {
      plain = true;
      connectKnown(addresses);
    }
  }

  private void connectKnown(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      String unknown = request.host() + ": name unknown";
      fail(failure(Refusal.HOST_UNREACHABLE, unknown, null));
    } else {
      connectUnlessHeld(addresses, new SocketOwner.NotLookedUp());
    }
  }

  /** An FTP server's data are not reached by another name of its host. */
  private void connectUnlessHeld(List<InetAddress> addresses, SocketOwner owner) {
    HeldPorts held = opening.upstreams().held();
    Set<Hold> holds =
        addresses.stream()
            .map(address -> held.hold(opening.client(), owner, address, request.port()))
            .collect(Collectors.toSet());
    if (holds.contains(Hold.HELD)) {
      fail(
          new ConnectFailedException(
              Refusal.NOT_ALLOWED, destination() + ": held by a tunnelled FTP session", null));
    } else if (holds.contains(Hold.NEEDS_OWNER)) {
      opening
          .upstreams()
          .owners()
          .socket(opening.client().arrival())
          .addListener(
              guarded(
                  (FutureListener<SocketOwner>)
                      found -> {
                        if (!isOver()) {
                          connectUnlessHeld(addresses, found.getNow());
                        }
                      }));
    } else {
      connect(addresses);
    }
  }

  private void connect(List<InetAddress> addresses) {
    opening
        .upstreams()
        .direct()
        .connect(addresses, request.port(), loop(), opening.use().initializer().get())
        .addListener(guarded((FutureListener<DuplexChannel>) this::connected));
  }

  private void connected(Future<DuplexChannel> connected) {
    if (!connected.isSuccess()) {
      if (!isOver()) {
        fail((Exception) connected.cause());
      }
    } else if (isOver()) {
      Closing.reset(connected.getNow());
    } else {
      DuplexChannel channel = connected.getNow();
      InetAddress reached = ((InetSocketAddress) channel.remoteAddress()).getAddress();
      Upstreams upstreams = opening.upstreams();
      opening.recorder().inPlaintext(reached, inPlace.map(InPlace::reason));
      inPlace.ifPresent(
          tunnel -> opening.recorder().fellBack(tunnel.reason(), PlainWords.of(tunnel.cause())));
      opening.succeed(
          channel,
          new Upstream.Plain(
              upstreams.direct(), reached, upstreams.held(), inPlace.map(InPlace::reason)));
    }
  }

  /** The client hears of this step alone; what became of the tunnel is for those who look later. */
  private void fail(Exception cause) {
    opening.fail(
        cause,
        inPlace
            .map(tunnel -> "; and no tunnel: " + PlainWords.of(tunnel.cause()))
            .map(PlainWords.of(cause)::concat)
            .orElseGet(() -> PlainWords.of(cause)));
  }

  private String destination() {
    return request.host() + ":" + request.port();
  }

  private ConnectFailedException failure(Refusal refusal, String what, @Nullable Throwable cause) {
    return new ConnectFailedException(refusal, opening.use().peer() + what, cause);
  }
}
