package culvert.proxy.ftp;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.ssh.AddressResolver;
import io.netty.util.concurrent.FutureListener;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Expects the data connections that the server announces, and words the announcement so that the
 * client comes for them. Confined to the session's loop.
 */
final class PassiveMode implements AutoCloseable {
  private final ExpectedDataConnections.Announcements announcements;
  private final PassiveAddress address;
  private final ExpectedDataConnections.Taker taker;

  /**
   * @param request what the client asked for
   * @param upstream the way that data connections will take
   */
  PassiveMode(
      FtpServices services,
      Client client,
      ConnectionRequest request,
      Upstream upstream,
      ExpectedDataConnections.Taker taker) {
    InetAddress own = ((InetSocketAddress) client.channel().localAddress()).getAddress();
    boolean tunnelled = upstream instanceof Upstream.Tunnelled;
    this.taker = taker;
    this.address = new PassiveAddress(request, own);
    this.announcements =
        services.expected().open(client.address().getAddress(), client.user(), tunnelled);
    announcements.knownAs(client.request().host());
    announcements.knownAs(request.host());
    announcements.alsoClaimedAs(own);
    if (upstream instanceof Upstream.Plain plain) {
      announcements.knownAs(plain.address());
    }
    resolve(services.resolver(), client, request);
  }

  /** What the name resolves to here is another way to ask for the server. */
  private void resolve(AddressResolver resolver, Client client, ConnectionRequest request) {
    resolver
        .resolve(request.host(), client.channel().eventLoop())
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    resolved.getNow().forEach(announcements::knownAs);
                    address.resolved(resolved.getNow());
                  }
                });
  }

  /** Expects the connection, and returns the line for the client. */
  byte[] announce(ControlEffect.Passive passive) {
    PassiveReply reply = passive.reply();
    int port = announcements.expect(reply.port(), taker);
    reply.address().ifPresent(this::alsoKnownAs);
    if (passive.extended()) {
      return PassiveReply.encode229(port);
    }
    Optional<Inet4Address> announced = address.announce(reply.address());
    if (announced.isPresent()) {
      alsoKnownAs(announced.get());
      return PassiveReply.encode227(announced.get(), port);
    }
    return reply.address().isPresent() ? passive.line().raw() : PassiveReply.encode229(port);
  }

  private void alsoKnownAs(InetAddress alias) {
    if (address.usable(alias)) {
      announcements.knownAs(alias);
    } else {
      announcements.alsoClaimedAs(alias);
    }
  }

  /**
   * The way to the server is gone: no data connection takes it any more.
   *
   * @return whether announced ports are held until {@link #close}
   */
  boolean stop() {
    return announcements.stopExpecting();
  }

  /** Nothing is expected or held any more. Idempotent. */
  @Override
  public void close() {
    announcements.close();
  }
}
