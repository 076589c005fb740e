package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.client.auth.AbstractUserAuth;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.kex.extension.DefaultClientKexExtensionHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code publickey} method (RFC 4252 section 7): asks whether a key would do, and only then
 * signs, where it may block.
 */
final class PublicKeyAuth extends AbstractUserAuth {
  private final Login login;
  private final Queue<Attempt> attempts = new ArrayDeque<>();
  private @Nullable Attempt asked; // awaits SSH_MSG_USERAUTH_PK_OK
  private @Nullable Attempt current;

  private record Attempt(Identity identity, String algorithm) {}

  PublicKeyAuth(ClientSession session, Login login) {
    super(AuthMethod.PUBLICKEY.toString());
    this.login = login;
    Set<String> accepted = session.getAttribute(DefaultClientKexExtensionHandler.SERVER_ALGORITHMS);
    for (Identity identity : login.identities()) {
      List<String> algorithms = identity.algorithms(accepted);
      if (algorithms.isEmpty()) {
        login.note(AuthMethod.PUBLICKEY, identity + ": server accepts no such signature");
      }
      algorithms.forEach(algorithm -> attempts.add(new Attempt(identity, algorithm)));
    }
    leaveOut(attempts.size() - login.keyTries());
  }

  /** From the end, and what the profile does not name goes first. */
  private void leaveOut(int tooMany) {
    if (tooMany <= 0) {
      return;
    }
    List<Attempt> all = List.copyOf(attempts);
    for (boolean named : List.of(false, true)) {
      for (int i = all.size() - 1; i >= 0 && attempts.size() > all.size() - tooMany; i--) {
        if (all.get(i).identity().named() == named) {
          attempts.remove(all.get(i));
        }
      }
    }
    login.note(
        AuthMethod.PUBLICKEY,
        tooMany + " of " + all.size() + " keys not tried, to leave tries for the password");
  }

  @Override
  protected boolean sendAuthDataRequest(ClientSession session, String service) throws Exception {
    Attempt next = attempts.poll();
    asked = next;
    current = next;
    if (next == null) {
      return false;
    }
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    putRequest(packet, session, service, next, false);
    session.writePacket(packet);
    login.keySent();
    return true;
  }

  @Override
  protected boolean processAuthDataRequest(ClientSession session, String service, Buffer buffer)
      throws Exception {
    int command = buffer.getUByte();
    Attempt attempt = asked;
    if (command != SshConstants.SSH_MSG_USERAUTH_PK_OK || attempt == null) {
      throw new RuntimeSshException("publickey: unexpected message " + command);
    }
    asked = null;
    buffer.getString(); // algorithm: some servers answer with the key's type
    if (!Arrays.equals(buffer.getBytes(), attempt.identity().key().octets())) {
      login.giveUp(AuthMethod.PUBLICKEY, attempt.identity() + ": server answered for another key");
      return false;
    }
    ByteArrayBuffer toSign = new ByteArrayBuffer();
    toSign.putBytes(session.getSessionId());
    toSign.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    putRequest(toSign, session, service, attempt, true);
    byte[] data = toSign.getCompactData();
    try {
      long asked = System.nanoTime();
      login
          .threads()
          .toSign(attempt.identity().signer())
          .execute(() -> sign(session, service, attempt, data, asked));
      login.turns().ours();
      return true;
    } catch (RejectedExecutionException e) {
      login.giveUp(AuthMethod.PUBLICKEY, attempt.identity() + ": cannot sign: " + e.getMessage());
      return false;
    }
  }

  /** On a thread that may block. */
  private void sign(
      ClientSession session, String service, Attempt attempt, byte[] data, long asked) {
    byte[] signature;
    try {
      signature = attempt.identity().sign(session, attempt.algorithm(), data, waited(asked));
    } catch (Exception e) {
      login.onLoop(session, () -> cannotSign(session, attempt, e));
      return;
    }
    login.onLoop(session, () -> signed(session, service, attempt, signature));
  }

  private static Duration waited(long since) {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private void signed(ClientSession session, String service, Attempt attempt, byte[] signature)
      throws Exception {
    login.turns().theServers();
    if (!attempt.equals(current) || !session.isOpen()) {
      return;
    }
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    putRequest(packet, session, service, attempt, true);
    packet.putBytes(signature);
    session.writePacket(packet);
  }

  private void cannotSign(ClientSession session, Attempt attempt, Exception e) throws Exception {
    login.turns().theServers();
    boolean agent = attempt.identity().signer() instanceof AgentKey;
    if (e instanceof WrongSignatureException) {
      String what = agent ? ": agent signs wrongly: " : ": signs wrongly: ";
      login.giveUpForGood(AuthMethod.PUBLICKEY, attempt.identity() + what + e.getMessage());
    } else {
      String what = agent ? ": agent does not sign: " : ": cannot sign: ";
      login.giveUp(AuthMethod.PUBLICKEY, attempt.identity() + what + e.getMessage());
    }
    if (e instanceof SshAgent.SilentException) {
      attempts.removeIf(other -> other.identity().signer() instanceof AgentKey);
    }
    if (attempt.equals(current) && session.isOpen()) {
      session.getService(LoginService.class).giveUpCurrent();
    }
  }

  private void putRequest(
      Buffer packet, ClientSession session, String service, Attempt attempt, boolean signed) {
    packet.putString(session.getUsername());
    packet.putString(service);
    packet.putString(getName());
    packet.putBoolean(signed);
    packet.putString(attempt.algorithm());
    packet.putBytes(attempt.identity().key().octets());
  }

  @Override
  public void signalAuthMethodSuccess(ClientSession session, String service, Buffer buffer) {
    LoginService.acceptedBy(session, getName());
    if (current != null) {
      login.note(AuthMethod.PUBLICKEY, current.identity() + " accepted");
    }
  }

  @Override
  public void signalAuthMethodFailure(
      ClientSession session,
      String service,
      boolean partial,
      List<String> serverMethods,
      Buffer buffer) {
    Attempt attempt = current;
    if (attempt == null) {
      return;
    }
    if (partial) {
      attempts.removeIf(other -> other.identity().equals(attempt.identity()));
    } else {
      login.note(AuthMethod.PUBLICKEY, attempt.identity() + " refused");
    }
    asked = null;
    current = null;
  }

  @Override
  public void destroy() {
    attempts.clear();
    asked = null;
    current = null;
    super.destroy();
  }
}
