package culvert.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Fallback;
import culvert.config.SshProfile;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.ssh.Password;
import culvert.ssh.SshSessionSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server and the depth of the login follow what ssh_config says of the host and the user. */
class TunnelPlanWithSshConfigTest {
  private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();
  private static final Path KEY = Path.of("/key");

  @TempDir private Path directory;

  private TunnelPlan plan(DestinationAddress address, String host, String... sshConfig)
      throws IOException {
    Path file = Files.writeString(directory.resolve("config"), String.join("\n", sshConfig));
    Environment environment =
        new Environment(Map.of(), directory, directory, directory, "localuser");
    SshProfile profile =
        new ConfigLoader(environment)
            .loadString("profiles: {p: {ssh-config: " + file + "}}", "c.yaml")
            .orThrow()
            .profiles()
            .get("p");
    assertThat(profile).isNotNull();
    return TunnelPlan.of(
        "jobs",
        new ConnectionRequest(host, address, 21, CLIENT, "socks"),
        new Route.FtpTunnel("p", Optional.empty(), Fallback.NONE, FtpHandling.STANDARD),
        profile);
  }

  private TunnelPlan plan(String host, String... sshConfig) throws IOException {
    return plan(new DestinationAddress.NotResolved(), host, sshConfig);
  }

  private static SshSessionSpec login(TunnelPlan plan, String user) {
    Optional<Password> password = Optional.of(new Password("pass".getBytes(UTF_8)));
    return plan.session(user.getBytes(UTF_8), password, Optional.empty(), CLIENT).orElseThrow();
  }

  @Test
  void aUserAndKeysFromTheFileNeedNothingFromFtp() throws IOException {
    String[] file = {
      "Host ftp.example",
      "  User gate",
      "  IdentityFile /key",
      "  PreferredAuthentications publickey",
      "Host *",
      "  PreferredAuthentications publickey"
    };

    assertThat(LoginDepth.of(plan("ftp.example", file).profile())).isEmpty();
    assertThat(LoginDepth.of(plan("other.example", file).profile())).contains(LoginDepth.USER);
    assertThat(LoginDepth.of(plan("ftp.example", "Host x").profile()))
        .contains(LoginDepth.USER_AND_PASSWORD);
    SshSessionSpec session =
        plan("ftp.example", file).session(Optional.empty(), CLIENT).orElseThrow();
    assertThat(session.user()).isEqualTo("gate");
    assertThat(session.server().profile().login().identityFiles()).containsExactly(KEY);
  }

  @Test
  void onceTheUserIsKnownTheFileIsAskedAgain() throws IOException {
    TunnelPlan plan = plan("ftp.example", "Match user joe", "  Port 2222", "  IdentityFile /key");

    assertThat(plan.server()).hasToString("ftp.example:22");
    assertThat(login(plan, "ann").server()).isEqualTo(plan.server());
    SshSessionSpec joe = login(plan, "joe");
    assertThat(joe.server()).hasToString("ftp.example:2222");
    assertThat(joe.server().profile().login().identityFiles()).containsExactly(KEY);
    assertThat(joe.user()).isEqualTo("joe");
    assertThat(joe.password()).isPresent();
    assertThat(plan.at(joe.server()).server()).isEqualTo(joe.server());
  }

  @Test
  void anAddressThatTheRulesDecidedByIsOfNoOtherHost() throws IOException {
    InetAddress decided = InetAddress.getByName("192.0.2.7");
    DestinationAddress known = new DestinationAddress.Known(decided);

    TunnelPlan same = plan(known, "ftp.example", "Port 2222");
    TunnelPlan renamed = plan(known, "ftp.example", "HostName ssh.%h");

    assertThat(same.server().address()).contains(decided);
    assertThat(renamed.server().host()).isEqualTo("ssh.ftp.example");
    assertThat(renamed.server().address()).isEmpty();
    assertThat(renamed.leadsToTheServerItself()).isFalse();
  }

  @Test
  void aHopFromTheFileNeverGetsTheFtpPassword() throws IOException {
    SshSessionSpec joe = login(plan("inner", "Host inner", "  ProxyJump u@bastion:2200"), "joe");

    SshSessionSpec hop = joe.via().orElseThrow();
    assertThat(hop.server()).hasToString("bastion:2200");
    assertThat(hop.user()).isEqualTo("u");
    assertThat(hop.password()).isEmpty();
    assertThat(joe.password()).isPresent();
  }
}
