package culvert.ssh.mina.hostkey;

import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;

/**
 * A key exchange that leaves certificates to {@link HostKeyVerifier}. MINA's own looks for the
 * address among the principals, by the system's clock, and passes an unfit certificate on as a
 * plain key, so that nobody learns what was wrong with it.
 */
public final class HostKeyExchange extends DHGClient {
  private HostKeyExchange(DHFactory factory, Session session) {
    super(factory, session);
  }

  /** For {@code NamedFactory.setUpTransformedFactories}, in place of MINA's DH2KEX. */
  public static KeyExchangeFactory of(DHFactory factory) {
    return factory.isGroupExchange() ? ClientBuilder.DH2KEX.apply(factory) : new Factory(factory);
  }

  @Override
  protected void verifyCertificate(Session session, OpenSshCertificate certificate) {
    // HostKeyVerifier does, with what known_hosts says
  }

  private record Factory(DHFactory exchange) implements KeyExchangeFactory {
    @Override
    public String getName() {
      return exchange.getName();
    }

    @Override
    public KeyExchange createKeyExchange(Session session) {
      return new HostKeyExchange(exchange, session);
    }
  }
}
