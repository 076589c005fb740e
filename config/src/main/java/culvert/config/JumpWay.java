package culvert.config;

import culvert.config.SshUser.Fixed;
import culvert.config.ssh.Jump;
import culvert.config.ssh.OpenSshConfig;
import culvert.config.ssh.OpenSshHost;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way that ProxyJump in ssh_config leads, each hop by what the files say of it. As with {@code
 * ssh -J}, the outermost hop is reached by its own ProxyJump, and each further one from the hop
 * before it. A hop logs in by public key alone: no password is ever told to it. Where a way would
 * come back to a server that it leads to, it begins there. Used once.
 */
final class JumpWay {
  /** More than anybody has: {@code ProxyJump gw-%h} under {@code Host *} has no end. */
  private static final int MOST_SERVERS = 32;

  /** Whatever the profile's own login is by: only the files can forbid it to a hop. */
  private static final List<AuthMethod> BY_KEY = List.of(AuthMethod.PUBLICKEY);

  /** What a profile says holds for its hops too if it is of one of these. */
  private static final Set<ProfileKey> SHARED =
      Set.of(
          ProfileKey.STRICT_HOST_KEY_CHECKING,
          ProfileKey.KNOWN_HOSTS,
          ProfileKey.CHECK_HOST_IP,
          ProfileKey.CONNECT_TIMEOUT,
          ProfileKey.SERVER_ALIVE_INTERVAL,
          ProfileKey.SERVER_ALIVE_COUNT_MAX,
          ProfileKey.REKEY_LIMIT,
          ProfileKey.CIPHERS,
          ProfileKey.MACS,
          ProfileKey.KEX_ALGORITHMS,
          ProfileKey.HOST_KEY_ALGORITHMS);

  private final OpenSshConfig files;
  private final Set<ProfileKey> given;
  private final Set<Endpoint> reached = new HashSet<>();

  JumpWay(OpenSshConfig files, Set<ProfileKey> given) {
    this.files = files;
    this.given = new HashSet<>(given);
    this.given.retainAll(SHARED);
  }

  /** The way to a server of that profile. */
  SshWay to(SshProfile profile, OpenSshHost found) {
    reached.add(new Endpoint(found.hostName(), found.port().orElse(profile.port())));
    return by(found.proxyJump().orElse(List.of()), profile);
  }

  private SshWay by(List<Jump> jumps, SshProfile profile) {
    if (jumps.isEmpty()) {
      return profile.way();
    }
    Jump last = jumps.get(jumps.size() - 1);
    OpenSshHost found = lookup(last);
    Endpoint server = new Endpoint(found.hostName(), last.port().or(found::port).orElse(22));
    if (!reached.add(server) || reached.size() > MOST_SERVERS) {
      return profile.way();
    }
    List<Jump> before = jumps.subList(0, jumps.size() - 1);
    SshWay way = by(before.isEmpty() ? found.proxyJump().orElse(List.of()) : before, profile);
    return new SshWay.Jump(hop(profile, server, last, found).by(way));
  }

  private OpenSshHost lookup(Jump jump) {
    if (jump.userIsPending()) {
      return files.lookup(jump.host(), Optional.empty());
    }
    return jump.user().isPresent()
        ? files.lookup(jump.host(), jump.user())
        : files.lookupAsLocalUser(jump.host());
  }

  private SshProfile hop(SshProfile profile, Endpoint server, Jump jump, OpenSshHost found) {
    HostKeyPolicy keys = profile.hostKeys();
    SshProfile bare =
        new SshProfile(
            profile.name() + ":" + jump.host(),
            Optional.of(server.host()),
            server.port(),
            found.user().<SshUser>map(Fixed::new).orElse(profile.user()),
            profile.login().withoutPassword(BY_KEY),
            new HostKeyPolicy(
                keys.acceptNew(), keys.knownHosts(), Optional.empty(), keys.checkHostIp()),
            profile.way(),
            profile.timeouts(),
            profile.pooling(),
            profile.algorithms(),
            profile.rekeyLimit());
    Overlay overlay = new Overlay(bare, found, given);
    SshLogin login = overlay.login();
    return new SshProfile(
        bare.name(),
        bare.host(),
        bare.port(),
        bare.user(),
        login.withoutPassword(
            login.authentication().contains(AuthMethod.PUBLICKEY) ? BY_KEY : List.of()),
        overlay.hostKeys(),
        bare.way(),
        overlay.timeouts(),
        bare.pooling(),
        overlay.algorithms(),
        overlay.rekeyLimit());
  }
}
