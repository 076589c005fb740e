package culvert.proxy;

import culvert.config.AuthMethod;
import culvert.config.HostKeyPolicy;
import culvert.config.RekeyLimit;
import culvert.config.SshAlgorithms;
import culvert.config.SshLogin;
import culvert.config.SshPooling;
import culvert.config.SshProfile;
import culvert.config.SshTimeouts;
import culvert.config.SshUser;
import culvert.config.SshWay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The profiles of this module's tests. */
public final class TestProfiles {
  private TestProfiles() {}

  public static SshProfile profile(SshUser user, AuthMethod method) {
    return profile("test", Optional.of("gate"), user, method);
  }

  public static SshProfile named(String name, SshUser user, AuthMethod method) {
    return profile(name, Optional.of("gate"), user, method);
  }

  /** The same that leads to the host that the client asked for. */
  public static SshProfile withoutHost(SshProfile profile) {
    return profile(
        "test", Optional.empty(), profile.user(), profile.login().authentication().get(0));
  }

  private static SshProfile profile(
      String name, Optional<String> host, SshUser user, AuthMethod method) {
    return new SshProfile(
        name,
        host,
        22,
        user,
        new SshLogin(
            List.of(method),
            Optional.empty(),
            StandardCharsets.ISO_8859_1,
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            false),
        new HostKeyPolicy(true, List.of(), Optional.empty(), false),
        new SshWay.Direct(),
        new SshTimeouts(Duration.ofSeconds(4), Duration.ofSeconds(10), Duration.ofSeconds(15), 3),
        new SshPooling(Duration.ofSeconds(60), Duration.ofHours(12), 2, Duration.ofSeconds(60)),
        SshAlgorithms.STANDARD,
        RekeyLimit.ofBytes(1L << 30));
  }
}
