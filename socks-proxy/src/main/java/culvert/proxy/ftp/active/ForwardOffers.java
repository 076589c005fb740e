package culvert.proxy.ftp.active;

import culvert.proxy.ftp.data.DataConnector;
import culvert.proxy.relay.HomeLoop;
import culvert.ssh.RemoteForward;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the SSH server listen in place of a client in active mode. Confined to the session's loop.
 */
final class ForwardOffers {
  /** Of an SSH server, that the FTP server is told one after the other. */
  private static final int MAX_NAMES = 4;

  /**
   * A place where the SSH server listens for one transfer.
   *
   * @param names as the FTP server may know it, not none
   */
  record Offer(ServerForward data, List<InetSocketAddress> names) {}

  private final ForwardPlaces plan;
  private final DataConnector connector;
  private final Duration early;
  private final HomeLoop home;
  private @Nullable Future<DataPeers> peers; // asked once

  /**
   * @param early how long an FTP server is kept that connects before there is a transfer
   */
  ForwardOffers(ForwardPlaces plan, DataConnector connector, Duration early, HomeLoop home) {
    this.plan = plan;
    this.connector = connector;
    this.early = early;
    this.home = home;
  }

  /** A new offer. When the future is cancelled, everything that was asked for is given back. */
  Future<Offer> make() {
    home.check();
    Promise<Offer> offer = home.newPromise();
    Future<DataPeers> found = peers == null ? plan.peers(home.loop()) : peers;
    peers = found;
    found.addListener(
        (FutureListener<DataPeers>)
            known -> {
              if (!offer.isDone()) {
                request(known.getNow(), offer);
              }
            });
    return offer;
  }

  private void request(DataPeers from, Promise<Offer> offer) {
    ServerForward data = new ServerForward(connector, from, early);
    offer.addListener(
        made -> {
          if (!made.isSuccess()) {
            data.close();
          }
        });
    List<Future<RemoteForward>> asked = plan.request(home.loop(), data);
    data.requested(asked);
    PromiseCombiner answers = new PromiseCombiner(home.loop());
    asked.forEach(answers::add);
    Promise<Void> answered = home.newPromise();
    answers.finish(answered);
    answered.addListener(done -> name(data, asked, offer));
  }

  private void name(ServerForward data, List<Future<RemoteForward>> asked, Promise<Offer> offer) {
    List<RemoteForward> forwards =
        asked.stream().filter(Future::isSuccess).map(Future::getNow).toList();
    if (forwards.isEmpty()) {
      offer.tryFailure(asked.get(0).cause());
      return;
    }
    plan.names(forwards, home.loop())
        .addListener(
            (FutureListener<List<InetSocketAddress>>)
                names -> {
                  if (names.isSuccess()) {
                    offer.trySuccess(
                        new Offer(data, names.getNow().stream().limit(MAX_NAMES).toList()));
                  } else {
                    offer.tryFailure(names.cause());
                  }
                });
  }
}
