package culvert.ssh.mina.connection;

import culvert.ssh.Printable;
import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/** MINA's events, told to the connection they belong to. */
final class ConnectionEvents implements SessionListener {
  /** In the context of MINA's session: whose it is. */
  static final AttributeKey<SshConnection> CONNECTION = new AttributeKey<>();

  @Override
  public void sessionCreated(Session session) {
    of(session)
        .ifPresent(
            connection ->
                connection.onLoop(() -> connection.sessionCreated((ClientSession) session)));
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.KeyEstablished) {
      of(session).ifPresent(connection -> connection.onLoop(connection::keysExchanged));
    }
  }

  @Override
  public void sessionException(Session session, Throwable cause) {
    of(session).ifPresent(connection -> connection.trouble(cause));
  }

  @Override
  public void sessionDisconnect(
      Session session, int reason, String message, String language, boolean initiator) {
    if (!initiator) {
      of(session)
          .ifPresent(
              connection ->
                  connection.trouble(
                      new IOException("server disconnected: " + Printable.text(message))));
    }
  }

  @Override
  public void sessionClosed(Session session) {
    of(session).ifPresent(SshConnection::endOfSession);
  }

  /** MINA's session belongs to this connection, if Culvert made it. */
  static Optional<SshConnection> of(Session session) {
    AttributeRepository context =
        session instanceof ClientSession client ? client.getConnectionContext() : null;
    return context == null
        ? Optional.empty()
        : Optional.ofNullable(context.getAttribute(CONNECTION));
  }
}
