package culvert.ssh.mina.kex;

import culvert.config.PasswordsInText;
import culvert.ssh.mina.io.NettyIoSession;
import culvert.ssh.mina.io.VersionedSession;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.logging.SimplifiedLog;
import org.jspecify.annotations.Nullable;

/**
 * MINA's session, with more care for what it offers, accepts and logs.
 *
 * <p>It lets the server list its algorithms first, which costs no round trip, so that what has its
 * drawbacks is offered only where it does no harm, or where nothing else is left. At TRACE, MINA
 * writes down every packet but the login's, and the FTP password travels in a channel: the dumps
 * are left out. Its log is MINA's, under this class's name. Confined to the session's event loop.
 */
public final class CarefulSession extends VersionedSession {
  /** No server is known to wait for the client's list, but RFC 4253 does not forbid it. */
  private static final long PATIENCE_MILLIS = 2000;

  private @Nullable Offer offer;

  private final Ear ear;

  private CarefulSession(ClientFactoryManager client, IoSession ioSession, Ear ear)
      throws Exception {
    super(client, ioSession);
    this.ear = ear;
  }

  /** Gets each message of the server's before MINA does. On the session's event loop. */
  @FunctionalInterface
  public interface Ear {
    /** What MINA is to take for the message: itself, or another. */
    Buffer heard(ClientSession session, Buffer message);
  }

  /** Makes a client's sessions. */
  public static SessionFactory factory(ClientFactoryManager client, Ear ear) {
    return new Factory(client, ear);
  }

  private static final class Factory extends SessionFactory {
    private final Ear ear;

    Factory(ClientFactoryManager client, Ear ear) {
      super(client);
      this.ear = ear;
    }

    @Override
    protected ClientSessionImpl doCreateSession(IoSession ioSession) throws Exception {
      return new CarefulSession(getClient(), ioSession, ear);
    }
  }

  /**
   * Sets what is offered, and takes note of the session's properties; before anything is sent, and
   * after the signature factories are set.
   */
  void settle(Offer newOffer) {
    offer = newOffer;
    newOffer.install(this);
    refreshConfiguration();
  }

  /** MINA's for what ends a session, with a trace: whoever has asked for the session says it. */
  @Override
  protected void warn(
      String message, Object first, Object second, Object third, Object fourth, Throwable cause) {
    debug(message, first, second, third, fourth, cause);
  }

  @Override
  protected void handleMessage(Buffer message) throws Exception {
    super.handleMessage(ear.heard(this, message));
  }

  @Override
  protected void initializeKeyExchangePhase() throws Exception {
    if (offer == null) {
      super.initializeKeyExchangePhase();
    }
  }

  @Override
  protected boolean readIdentification(Buffer buffer) throws Exception {
    boolean read = super.readIdentification(buffer);
    if (read && offer != null && getIoSession() instanceof NettyIoSession socket) {
      socket
          .eventLoop()
          .schedule(() -> waitNoLonger(socket), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return read;
  }

  private void waitNoLonger(NettyIoSession socket) {
    if (kexState.get() == KexState.UNKNOWN && isOpen()) {
      try {
        socket.inBatch(super::initializeKeyExchangePhase);
      } catch (Exception e) {
        exceptionCaught(e);
      }
    }
  }

  /** The server's list has come; MINA sends ours if it has not yet. */
  @Override
  protected void receiveKexInit(Map<KexProposalOption, String> proposal, byte[] seed)
      throws IOException {
    if (offer != null && kexState.get() == KexState.UNKNOWN) {
      offer.install(this, proposal);
    }
    super.receiveKexInit(proposal, seed);
  }

  @Override
  protected Map<KexProposalOption, String> setNegotiationResult(
      Map<KexProposalOption, String> result) {
    if (!strictKex) {
      refuseWhatNeedsStrictKex(
          result.get(KexProposalOption.C2SENC), result.get(KexProposalOption.C2SMAC));
      refuseWhatNeedsStrictKex(
          result.get(KexProposalOption.S2CENC), result.get(KexProposalOption.S2CMAC));
    }
    return super.setNegotiationResult(result);
  }

  /** CVE-2023-48795, "Terrapin": packets could be cut out unnoticed. */
  private static void refuseWhatNeedsStrictKex(@Nullable String cipher, @Nullable String mac) {
    if (cipher != null && Offer.needsStrictKex(cipher, mac == null ? "" : mac)) {
      throw new RuntimeSshException(
          "%s without strict key exchange, which the server does not have"
              .formatted(mac == null || mac.isEmpty() ? cipher : cipher + " with " + mac));
    }
  }

  @Override
  protected void handleNewKeys(int cmd, Buffer buffer) throws Exception {
    boolean first = !initialKexDone;
    super.handleNewKeys(cmd, buffer);
    if (first && offer != null) {
      setKeyExchangeFactories(offer.again(getKeyExchangeFactories()));
      forgetProposal();
    }
  }

  /** MINA makes its list once, and offers it ever after. */
  @SuppressWarnings("NullAway") // it is null in the beginning, too
  private void forgetProposal() {
    initialKexProposal = null;
  }

  /** As MINA's, which names the user whatever stands in that. */
  @Override
  public String toString() {
    String user = getUsername();
    String shown = user == null ? "" : PasswordsInText.maskedUser(user);
    return "CarefulSession[" + shown + "@" + getIoSession() + "]";
  }

  /** What dumps are written to. */
  @Override
  protected SimplifiedLog getSimplifiedLogger() {
    return SimplifiedLog.EMPTY;
  }
}
