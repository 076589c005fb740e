package culvert.ssh.mina.kex;

import culvert.ssh.mina.hostkey.HostKeyExchange;
import java.util.List;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.kex.MontgomeryCurve;
import org.apache.sshd.common.kex.XDH;

/** Key exchanges by name; those with sntrup761 with keys from stock. */
final class KeyExchanges {
  private static final String DEAR = "sntrup761x25519-";

  private final KeyEncapsulationMethod sntrup761;

  KeyExchanges(KeyEncapsulationMethod sntrup761) {
    this.sntrup761 = sntrup761;
  }

  /** Whether it keeps an event loop busy for tens of milliseconds, keys from stock or not. */
  static boolean isDear(String name) {
    return name.startsWith(DEAR);
  }

  List<KeyExchangeFactory> named(List<String> names) {
    return names.stream()
        .map(BuiltinDHFactories::fromFactoryName)
        .filter(OptionalFeature::isSupported)
        .map(builtin -> isDear(builtin.getName()) ? new FromStock(builtin) : builtin)
        .map(HostKeyExchange::of)
        .toList();
  }

  /** The built-in exchange, but for where its keys come from. */
  private final class FromStock implements DHFactory {
    private final DHFactory builtin;

    FromStock(DHFactory builtin) {
      this.builtin = builtin;
    }

    @Override
    public AbstractDH create(Object... params) throws Exception {
      return new XDH(MontgomeryCurve.x25519, true) {
        @Override
        public KeyEncapsulationMethod getKeyEncapsulation() {
          return sntrup761;
        }

        @Override
        public Digest getHash() throws Exception {
          return BuiltinDigests.sha512.create();
        }
      };
    }

    @Override
    public String getName() {
      return builtin.getName();
    }

    @Override
    public boolean isGroupExchange() {
      return builtin.isGroupExchange();
    }

    @Override
    public boolean isSupported() {
      return builtin.isSupported();
    }
  }
}
