package culvert.ssh.mina.auth;

import culvert.ssh.Printable;
import java.io.IOException;
import java.time.Duration;
import org.apache.sshd.common.session.SessionContext;

/**
 * A private key that an agent holds.
 *
 * @param key as the agent lists it: a certificate, too
 * @param comment the agent's
 * @param patience how long a signature may take: the agent may ask a person
 */
record AgentKey(SshAgent agent, KeyBlob key, String comment, Duration patience) implements Signer {

  @Override
  public byte[] sign(SessionContext session, String algorithm, byte[] data, Duration waited)
      throws IOException {
    Duration left = patience.minus(waited);
    if (left.isNegative() || left.isZero()) {
      throw new SshAgent.SilentException(
          "was busy with other logins for " + waited.toMillis() + " ms");
    }
    return agent.sign(key, data, AgentMessages.flags(algorithm), left);
  }

  @Override
  public String toString() {
    return "agent's key " + Printable.text(comment);
  }
}
