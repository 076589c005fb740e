package culvert.proxy.ftp;

import culvert.proxy.event.EndReason;
import culvert.proxy.upstream.Refusals;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.PlainWords;
import io.netty.channel.socket.DuplexChannel;

/** No upstream yet, and nothing to say to the client: it will hear the server's own greeting. */
final class ConnectingConversation implements Conversation {
  private final FtpSession session;

  ConnectingConversation(FtpSession session) {
    this.session = session;
  }

  @Override
  public void clientGone(String detail) {
    session.end(EndReason.CLIENT_ABORTED, detail);
  }

  @Override
  public void opened(DuplexChannel control, Upstream upstream) {
    ServerSide server = session.way().attach(session, control, upstream);
    session.become(RelayConversation.fromTheGreetingOn(session, server));
    session.accept();
    server.listen();
  }

  @Override
  public void failed(Exception cause) {
    if (session.client().isAccepted()) {
      String detail = PlainWords.of(cause);
      int code = LoginConversation.isLoginRefused(cause) ? 530 : 421;
      session.hangUp(code, "culvert: " + detail, Refusals.endReason(cause), detail);
    } else {
      session.refuse(cause);
    }
  }

  @Override
  public void serverLost(String why) {
    throw new IllegalStateException("FTP session: no server yet: " + why);
  }
}
