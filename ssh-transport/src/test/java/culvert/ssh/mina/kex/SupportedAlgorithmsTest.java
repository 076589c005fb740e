package culvert.ssh.mina.kex;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AlgorithmKind;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.junit.jupiter.api.Test;

/** The configuration, which does not know MINA, knows the names of all that MINA can do. */
class SupportedAlgorithmsTest {
  /** Keys that known_hosts lines are not read for: DSS, and keys in hardware. */
  private static final Set<String> NO_HOST_KEYS = Set.of("ssh-dss", "sk-");

  @Test
  void ciphersAreMinasButForNone() {
    assertThat(AlgorithmKind.CIPHERS.supported())
        .containsExactlyInAnyOrderElementsOf(
            names(BuiltinCiphers.VALUES).stream().filter(name -> !name.equals("none")).toList());
  }

  @Test
  void macsAreMinas() {
    assertThat(AlgorithmKind.MACS.supported())
        .containsExactlyInAnyOrderElementsOf(names(BuiltinMacs.VALUES));
  }

  @Test
  void keyExchangesAreMinas() {
    assertThat(AlgorithmKind.KEX.supported())
        .containsExactlyInAnyOrderElementsOf(names(BuiltinDHFactories.VALUES));
  }

  @Test
  void hostKeyAlgorithmsAreMinasForPlainKeysThatKnownHostsHolds() {
    assertThat(AlgorithmKind.HOST_KEYS.supported())
        .filteredOn(name -> !name.contains("-cert-"))
        .containsExactlyInAnyOrderElementsOf(
            names(BuiltinSignatures.VALUES).stream()
                .filter(name -> NO_HOST_KEYS.stream().noneMatch(name::startsWith))
                .filter(name -> !name.contains("-cert-"))
                .toList());
    assertThat(names(BuiltinSignatures.VALUES)).containsAll(AlgorithmKind.HOST_KEYS.supported());
  }

  private static <F extends NamedResource & OptionalFeature> List<String> names(Collection<F> all) {
    return all.stream().filter(OptionalFeature::isSupported).map(NamedResource::getName).toList();
  }
}
