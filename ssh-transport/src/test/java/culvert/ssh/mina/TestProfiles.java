package culvert.ssh.mina;

import culvert.config.HostKeyPolicy;
import culvert.config.RekeyLimit;
import culvert.config.SshAlgorithms;
import culvert.config.SshLogin;
import culvert.config.SshPooling;
import culvert.config.SshProfile;
import culvert.config.SshTimeouts;
import culvert.config.SshUser;
import culvert.config.SshWay;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Profiles for tests: what a test is not about has its value here. */
public final class TestProfiles {
  private TestProfiles() {}

  /** A profile for what happens between connection and login. */
  public static SshProfile profile(int port, Duration loginTimeout, SshLogin login) {
    return profile(
        Optional.empty(),
        port,
        login,
        new HostKeyPolicy(true, List.of(), Optional.empty(), false),
        new SshWay.Direct(),
        new SshTimeouts(Duration.ofSeconds(30), loginTimeout, Duration.ofSeconds(15), 3),
        new SshPooling(Duration.ofSeconds(60), Duration.ofHours(12), 2, Duration.ofSeconds(60)));
  }

  static SshProfile profile(
      Optional<String> host,
      int port,
      SshLogin login,
      HostKeyPolicy hostKeys,
      SshWay way,
      SshTimeouts timeouts,
      SshPooling pooling) {
    return new SshProfile(
        "test",
        host,
        port,
        new SshUser.FromFtp(),
        login,
        hostKeys,
        way,
        timeouts,
        pooling,
        SshAlgorithms.STANDARD,
        RekeyLimit.ofBytes(1L << 30));
  }
}
