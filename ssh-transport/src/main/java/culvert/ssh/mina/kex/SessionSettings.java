package culvert.ssh.mina.kex;

import culvert.config.SshProfile;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.core.CoreModuleProperties;

/** What a profile says of a session: algorithms and rekeying. Thread-safe. */
public final class SessionSettings {
  private final KeyStock sntrup761;
  private final KeyExchanges exchanges;

  /**
   * Settings without a stock of keys.
   *
   * @param blocking makes keys ahead
   */
  public SessionSettings(Executor blocking) {
    sntrup761 = new KeyStock(BuiltinKEM.sntrup761, blocking);
    exchanges = new KeyExchanges(sntrup761);
  }

  /** Makes the first key of the stock; blocks. */
  public void makeKeyAhead() {
    sntrup761.begin();
  }

  /**
   * Sets a new session up, before it sends anything and after its signature factories are set.
   *
   * @param hostKeyKnown whether the server is known by a key for that host-key algorithm
   */
  public void apply(ClientSession session, SshProfile profile, Predicate<String> hostKeyKnown) {
    CoreModuleProperties.REKEY_BYTES_LIMIT.set(session, profile.rekeyLimit().bytes());
    CoreModuleProperties.REKEY_TIME_LIMIT.set(
        session, profile.rekeyLimit().time().orElse(Duration.ZERO));
    ((CarefulSession) session).settle(new Offer(profile.algorithms(), exchanges, hostKeyKnown));
  }
}
