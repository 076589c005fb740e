package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.util.Optional;

/**
 * For clients that come for data as they came for the control connection: through the front door.
 * Expects what the server announces, and chooses the address for which they will ask.
 */
public final class ExpectedPorts implements PassivePorts {
  private final KnownServer server;
  private final Announcements announcements;

  public ExpectedPorts(KnownServer server) {
    this.server = server;
    this.announcements = server.announcements();
  }

  @Override
  public Future<Announced> expect(
      int request, PassiveReply reply, boolean extended, DataTaker taker) {
    int port = announcements.expect(request, reply.port(), taker);
    if (extended) {
      return server.loop().newSucceededFuture(new Announced(Optional.empty(), port));
    }
    Promise<Announced> announced = server.loop().newPromise();
    server
        .address()
        .announce(server.loop())
        .addListener(
            (FutureListener<Inet4Address>)
                told -> {
                  expectUnder(told.getNow());
                  announced.setSuccess(new Announced(Optional.of(told.getNow()), port));
                });
    return announced;
  }

  private void expectUnder(Inet4Address told) {
    if (server.address().usable(told)) {
      announcements.knownAs(told);
    } else {
      announcements.alsoClaimedAs(told);
    }
  }

  @Override
  public void awaitData(int request) {
    announcements.awaitData(request);
  }

  @Override
  public void settled(int request) {
    announcements.settled(request);
  }

  @Override
  public Future<?> expectAnyPort() {
    announcements.expectAny();
    return server.loop().newSucceededFuture(null);
  }

  @Override
  public boolean stop() {
    return announcements.stopExpecting();
  }

  @Override
  public void close() {
    announcements.close();
  }
}
