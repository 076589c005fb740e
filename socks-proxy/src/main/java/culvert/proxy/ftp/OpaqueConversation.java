package culvert.proxy.ftp;

import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.ssh.PlainWords;
import io.netty.util.concurrent.Future;

/** TLS: bytes only, which client and server understand between them. */
final class OpaqueConversation implements Conversation {
  private final FtpSession session;
  private final ServerSide server;
  private boolean eofPassedOn;

  private OpaqueConversation(FtpSession session, ServerSide server) {
    this.session = session;
    this.server = server;
  }

  /** TLS begins. */
  static void begin(FtpSession session, ServerSide server) {
    session.become(new OpaqueConversation(session, server));
    session.recorder().ftpUnreadable();
    session.client().forgetCommands(); // sent in clear where TLS should begin: no server takes it
    session.client().served();
    server.becomeOpaque();
    if (session.way().throughTunnel()) { // elsewhere data go where the rules lead them
      Future<?> expected = server.data().passive().expectAnyPort();
      if (!expected.isDone()) {
        server.holdUntil(expected); // what the server says in TLS may be an announcement
      }
      expected.addListener(done -> session.guarded(() -> expected(session, server, done)));
    }
  }

  private static void expected(FtpSession session, ServerSide server, Future<?> done) {
    if (!done.isSuccess() && !server.isDropped()) {
      session.breakOff(
          EndReason.REFUSED,
          "data connections inside TLS cannot be captured: " + PlainWords.of(done.cause()));
    }
  }

  @Override
  public boolean understands() {
    return false;
  }

  @Override
  public boolean listens() {
    return server.writable();
  }

  @Override
  public void clientBytes(byte[] bytes) {
    session.toServer(bytes.clone());
  }

  @Override
  public void clientEnded() {
    if (!eofPassedOn) {
      eofPassedOn = true;
      server.shutdownOutput();
    }
  }

  @Override
  public void clientGone(String detail) {
    session.end(EndReason.CLIENT_ABORTED, detail);
  }

  @Override
  public void replied(ReplyLine line) {
    session.client().tell(line.raw()); // came in clear behind the answer to AUTH
  }

  @Override
  public void serverEnded() {
    session.finish(EndReason.COMPLETED, "");
  }

  @Override
  public void serverLost(String why) {
    session.breakOff(EndReason.UPSTREAM_ABORTED, why);
  }
}
