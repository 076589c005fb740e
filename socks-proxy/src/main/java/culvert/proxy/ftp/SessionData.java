package culvert.proxy.ftp;

import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.ControlEvent;
import culvert.proxy.ftp.data.DataSession;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What one upstream's data connections tell, while it is the session's. Confined to the session's
 * loop.
 */
final class SessionData implements DataSession {
  private final FtpSession session;
  private @Nullable ServerSide server;

  SessionData(FtpSession session) {
    this.session = session;
  }

  /** Before anything is told. */
  void of(ServerSide upstream) {
    server = upstream;
  }

  private boolean isPresent() {
    return server != null && !server.isDropped();
  }

  @Override
  public void arriving(Future<?> known) {
    if (server != null && !server.isDropped()) {
      server.holdUntil(known);
    }
  }

  @Override
  public void started(int request, DuplexChannel client) {
    session.transfers().started(client);
    happened(new ControlEvent.DataStarted(request));
  }

  @Override
  public void clientEnded(int request) {
    happened(new ControlEvent.DataSent(request));
  }

  @Override
  public void ended(int request, DuplexChannel client, EndReason reason) {
    session.transfers().ended(client);
    switch (reason) {
      case COMPLETED -> {
        happened(new ControlEvent.DataSent(request)); // where the server was the first to close
        happened(new ControlEvent.DataEnded(request));
      }
      case CLIENT_ABORTED, INTERNAL_ERROR -> happened(new ControlEvent.DataBroken(request));
      default -> happened(new ControlEvent.DataEnded(request));
    }
  }

  @Override
  public void beforeBreakingOff(int request, Runnable then) {
    if (isPresent()) {
      session.beforeBreakingOff(request, then);
    } else {
      then.run();
    }
  }

  private void happened(ControlEvent event) {
    if (isPresent()) {
      session.happened(event);
    }
  }
}
