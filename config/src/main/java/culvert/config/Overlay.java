package culvert.config;

import culvert.config.SshUser.Fixed;
import culvert.config.ssh.OpenSshHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A profile's values, those of ssh_config where it has none of its own. */
final class Overlay {
  private static final int MOST_ALIVE_QUESTIONS = 1000;
  private static final Path NOWHERE = Path.of("/dev/null");

  private final SshProfile profile;
  private final OpenSshHost found;
  private final Set<ProfileKey> given;

  Overlay(SshProfile profile, OpenSshHost found, Set<ProfileKey> given) {
    this.profile = profile;
    this.found = found;
    this.given = given;
  }

  private <T> T either(ProfileKey key, T own, Optional<T> others) {
    return given.contains(key) ? own : others.orElse(own);
  }

  int port() {
    return either(ProfileKey.PORT, profile.port(), found.port());
  }

  /** From the files only where nobody else has said who logs in. */
  SshUser user() {
    boolean fromFtp = profile.user() instanceof SshUser.FromFtp;
    return !given.contains(ProfileKey.USER) && fromFtp && found.userIsConfigured()
        ? new Fixed(found.user().orElseThrow())
        : profile.user();
  }

  @SuppressWarnings("OptionalMapToOptional") // "none" in the files is no agent, whatever we have
  SshLogin login() {
    SshLogin own = profile.login();
    return new SshLogin(
        either(ProfileKey.AUTHENTICATION, own.authentication(), Optional.of(methods(own))),
        own.password(),
        own.charset(),
        either(ProfileKey.IDENTITY_FILE, own.identityFiles(), found.identityFiles()),
        own.identityPassphrase(),
        either(ProfileKey.CERTIFICATE_FILE, own.certificateFiles(), found.certificateFiles()),
        either(
            ProfileKey.IDENTITY_AGENT,
            own.identityAgent(),
            found.identityAgent().map(OpenSshHost.Agent::socket)),
        either(ProfileKey.IDENTITIES_ONLY, own.identitiesOnly(), found.identitiesOnly()));
  }

  /** The preferred ones, in their order, without those that are switched off. */
  private List<AuthMethod> methods(SshLogin own) {
    Stream<AuthMethod> preferred =
        found
            .preferredAuthentications()
            .map(names -> names.stream().flatMap(Overlay::method).distinct())
            .orElseGet(own.authentication()::stream);
    return preferred.filter(method -> !found.forbids(method.toString())).toList();
  }

  private static Stream<AuthMethod> method(String name) {
    return Stream.of(AuthMethod.values()).filter(method -> method.toString().equals(name));
  }

  HostKeyPolicy hostKeys() {
    HostKeyPolicy own = profile.hostKeys();
    boolean acceptNew =
        either(ProfileKey.STRICT_HOST_KEY_CHECKING, own.acceptNew(), found.acceptNew());
    Optional<String> alias =
        given.contains(ProfileKey.HOST_KEY_ALIAS) ? own.alias() : found.hostKeyAlias();
    boolean checkIp = either(ProfileKey.CHECK_HOST_IP, own.checkHostIp(), found.checkHostIp());
    if (given.contains(ProfileKey.KNOWN_HOSTS)) {
      return new HostKeyPolicy(acceptNew, own.knownHosts(), alias, checkIp);
    }
    List<Path> standard = own.knownHosts(); // the user's, the system's
    List<Path> ofUser = files(found.userKnownHostsFiles(), standard.subList(0, 1));
    List<Path> all = new ArrayList<>(ofUser);
    all.addAll(files(found.globalKnownHostsFiles(), standard.subList(1, standard.size())));
    // Where nothing can be remembered, every server would be a new one each time.
    return new HostKeyPolicy(acceptNew && !ofUser.isEmpty(), all, alias, checkIp);
  }

  private static List<Path> files(Optional<List<Path>> configured, List<Path> standard) {
    return configured.orElse(standard).stream().filter(file -> !file.equals(NOWHERE)).toList();
  }

  SshTimeouts timeouts() {
    SshTimeouts own = profile.timeouts();
    return new SshTimeouts(
        either(
            ProfileKey.CONNECT_TIMEOUT,
            own.connect(),
            found.connectTimeout().filter(time -> !time.isZero())),
        own.login(),
        either(
            ProfileKey.SERVER_ALIVE_INTERVAL,
            own.serverAliveInterval(),
            found.serverAliveInterval()),
        either(
            ProfileKey.SERVER_ALIVE_COUNT_MAX,
            own.serverAliveCountMax(),
            found
                .serverAliveCountMax()
                .map(count -> Math.max(1, Math.min(count, MOST_ALIVE_QUESTIONS)))));
  }

  SshAlgorithms algorithms() {
    SshAlgorithms own = profile.algorithms();
    return new SshAlgorithms(
        either(ProfileKey.CIPHERS, own.ciphers(), offering(AlgorithmKind.CIPHERS, found.ciphers())),
        either(ProfileKey.MACS, own.macs(), offering(AlgorithmKind.MACS, found.macs())),
        either(
            ProfileKey.KEX_ALGORITHMS,
            own.kex(),
            offering(AlgorithmKind.KEX, found.kexAlgorithms())),
        either(
            ProfileKey.HOST_KEY_ALGORITHMS,
            own.hostKeys(),
            offering(AlgorithmKind.HOST_KEYS, found.hostKeyAlgorithms())));
  }

  /** A list with nothing to offer is left out, as has been said where it stands. */
  private static Optional<List<String>> offering(
      AlgorithmKind kind, Optional<List<String>> configured) {
    return configured.filter(list -> !SshAlgorithms.offered(kind, list).isEmpty());
  }

  RekeyLimit rekeyLimit() {
    RekeyLimit own = profile.rekeyLimit();
    if (given.contains(ProfileKey.REKEY_LIMIT)) {
      return own;
    }
    Optional<Duration> time = found.rekeyInterval().filter(it -> !it.isZero());
    return new RekeyLimit(
        found.rekeyLimit().filter(it -> it > 0).map(RekeyLimit::within).orElse(own.bytes()),
        time.isPresent() ? time : own.time());
  }
}
