package culvert.ssh.mina.kex;

import culvert.config.AlgorithmKind;
import culvert.config.SshAlgorithms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.kex.extension.KexExtensions;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.Signature;

/** The algorithms that one session offers. Immutable. */
final class Offer {
  private static final String CHACHA20 = "chacha20-poly1305@openssh.com";

  /**
   * Curves that auditors distrust. They stand behind better ones, so that a server that has one of
   * those would not take them: to such a server they are not offered either.
   */
  private static final List<String> RESERVE = List.of("ecdh-sha2-nistp", "ecdsa-sha2-nistp");

  private final SshAlgorithms algorithms;
  private final KeyExchanges exchanges;
  private final Predicate<String> hostKeyKnown;

  /**
   * An offer as configured.
   *
   * @param hostKeyKnown whether the server is known by a key for that host-key algorithm
   */
  Offer(SshAlgorithms algorithms, KeyExchanges exchanges, Predicate<String> hostKeyKnown) {
    this.algorithms = algorithms;
    this.exchanges = exchanges;
    this.hostKeyKnown = hostKeyKnown;
  }

  /** Whether a packet could be cut out unnoticed where sequence numbers are not reset. */
  static boolean needsStrictKex(String cipher, String mac) {
    return cipher.equals(CHACHA20) || (cipher.endsWith("-cbc") && mac.endsWith("-etm@openssh.com"));
  }

  /** All that is configured: what the server has is not known yet. */
  void install(Session session) {
    session.setCipherFactories(
        supported(algorithms.offered(AlgorithmKind.CIPHERS), BuiltinCiphers::fromFactoryName));
    session.setMacFactories(
        supported(algorithms.offered(AlgorithmKind.MACS), BuiltinMacs::fromFactoryName));
    session.setKeyExchangeFactories(exchanges.named(algorithms.offered(AlgorithmKind.KEX)));
  }

  /** What is fit for a server with those lists. */
  void install(Session session, Map<KexProposalOption, String> server) {
    Set<String> exchangesThere = names(server, KexProposalOption.ALGORITHMS);
    if (!exchangesThere.contains(KexExtensions.STRICT_KEX_SERVER_EXTENSION)) {
      List<NamedFactory<org.apache.sshd.common.cipher.Cipher>> safe =
          session.getCipherFactories().stream()
              .filter(cipher -> !cipher.getName().equals(CHACHA20))
              .toList();
      if (!safe.isEmpty()) {
        session.setCipherFactories(safe);
      }
    }
    session.setKeyExchangeFactories(
        withoutReserve(AlgorithmKind.KEX, session.getKeyExchangeFactories(), exchangesThere));
    List<NamedFactory<Signature>> signatures = session.getSignatureFactories();
    session.setSignatureFactories(
        withoutReserve(
            AlgorithmKind.HOST_KEYS, signatures, names(server, KexProposalOption.SERVERKEYS)));
  }

  private <F extends NamedResource> List<F> withoutReserve(
      AlgorithmKind kind, List<F> offered, Set<String> there) {
    for (F algorithm : offered) {
      if (isReserve(kind, algorithm.getName())) {
        return offered;
      }
      if (there.contains(algorithm.getName())) {
        return offered.stream().filter(one -> !isReserve(kind, one.getName())).toList();
      }
    }
    return offered;
  }

  private boolean isReserve(AlgorithmKind kind, String name) {
    return RESERVE.stream().anyMatch(name::startsWith)
        && !algorithms.asksFor(kind, name)
        && !(kind == AlgorithmKind.HOST_KEYS && hostKeyKnown.test(name));
  }

  /**
   * The same for every later exchange, which is encrypted with the keys of the one before: who
   * records it for the day of a quantum computer does not see what to break. So the dear
   * post-quantum exchange stands last there, unless the configuration has an order of its own.
   */
  List<KeyExchangeFactory> again(List<KeyExchangeFactory> first) {
    if (!algorithms.kex().isEmpty()) {
      return first;
    }
    List<KeyExchangeFactory> again = new ArrayList<>(first);
    again.sort(Comparator.comparing(exchange -> KeyExchanges.isDear(exchange.getName())));
    return List.copyOf(again);
  }

  private static Set<String> names(
      Map<KexProposalOption, String> proposal, KexProposalOption option) {
    return Set.copyOf(
        Stream.of(proposal.getOrDefault(option, "").split(",", -1)).distinct().toList());
  }

  private static <T, F extends NamedFactory<T> & OptionalFeature> List<NamedFactory<T>> supported(
      List<String> names, Function<String, F> byName) {
    return names.stream()
        .map(byName)
        .filter(OptionalFeature::isSupported)
        .<NamedFactory<T>>map(factory -> factory)
        .toList();
  }
}
