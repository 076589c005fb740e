package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.read.SshConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where ProxyJump in ssh_config leads. */
class JumpWayTest {
  @TempDir private Path home;
  private SshConfigFile file;

  @BeforeEach
  void anEmptyFile() throws IOException {
    file = new SshConfigFile(home);
  }

  @Test
  void proxyJumpIsAWayThroughHopsThatGetNoPassword() throws IOException {
    SshProfile inner =
        file.profile(
                "host: inner, known-hosts: /kh, identity-file: /k, user: batch, port: 2022",
                "Host inner",
                "  ProxyJump first,u@second:2202",
                "Host first",
                "  HostName first.example",
                "  Port 2201",
                "  ProxyJump zeroth",
                "  HostKeyAlias one",
                "Host second",
                "  ProxyJump without-effect",
                "  IdentityFile /second",
                "Host zeroth",
                "  User z")
            .forHost("");

    assertThat(inner.chain())
        .extracting(hop -> hop.host().orElseThrow() + ":" + hop.port() + " " + hop.user())
        .containsExactly(
            "zeroth:22 Fixed[name=z]",
            "first.example:2201 Fixed[name=joe]",
            "second:2202 Fixed[name=u]",
            "inner:2022 Fixed[name=batch]");
    List<SshProfile> hops = inner.chain().subList(0, 3);
    assertThat(hops)
        .allSatisfy(
            hop -> {
              assertThat(hop.login().authentication()).containsExactly(AuthMethod.PUBLICKEY);
              assertThat(hop.takesFtpPassword()).isFalse();
              assertThat(hop.login().password()).isEmpty();
              assertThat(hop.hostKeys().knownHosts()).containsExactly(Path.of("/kh"));
            });
    assertThat(hops.get(1).hostKeys().alias()).contains("one");
    assertThat(hops.get(0).login().identityFiles()).containsExactly(Path.of("/k"));
    assertThat(hops.get(2).login().identityFiles()).containsExactly(Path.of("/second"));
  }

  @Test
  void aHopLogsInByKeyWhateverTheProfilesOwnLoginIsBy() throws IOException {
    SshProfile inner =
        file.profile(
                "host: inner, authentication: [password]",
                "Host inner",
                "  ProxyJump bastion",
                "Host bastion",
                "  IdentityFile /bastion")
            .forHost("");

    assertThat(inner.login().authentication()).containsExactly(AuthMethod.PASSWORD);
    SshLogin bastion = inner.chain().get(0).login();
    assertThat(bastion.authentication()).containsExactly(AuthMethod.PUBLICKEY);
    assertThat(bastion.identityFiles()).containsExactly(Path.of("/bastion"));
    assertThat(bastion.password()).isEmpty();
  }

  @Test
  void aHopWithoutUserIsLookedUpAsTheLocalOne() throws IOException {
    SshProfile inner =
        file.profile(
                "host: inner",
                "Host inner",
                "  ProxyJump before,named,after",
                "Match originalhost named user joe",
                "  Port 1",
                "Host named",
                "  User gate",
                "Match originalhost named user gate",
                "  Port 2",
                "Match originalhost before user joe",
                "  Port 3",
                "Match originalhost after !user joe",
                "  ConnectTimeout 3",
                "Host before named",
                "  IdentityFile ~/id_%r")
            .forHost("");

    assertThat(inner.user()).isEqualTo(new SshUser.FromFtp());
    List<SshProfile> hops = inner.chain();
    assertThat(hops.get(0).port()).isEqualTo(3);
    assertThat(hops.get(0).user()).isEqualTo(new SshUser.Fixed("joe"));
    assertThat(hops.get(0).login().identityFiles()).containsExactly(home.resolve("id_joe"));
    assertThat(hops.get(1).port()).isEqualTo(1);
    assertThat(hops.get(1).user()).isEqualTo(new SshUser.Fixed("gate"));
    assertThat(hops.get(1).login().identityFiles()).containsExactly(home.resolve("id_gate"));
    assertThat(hops.get(2).timeouts().connect()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void aHopMayBeNamedAfterItsDestinationAndWhoLogsIn() throws IOException {
    SshProfile any =
        file.profile(
            "",
            "Host *.example !gw-*",
            "  ProxyJump %r@gw-%h:2222",
            "Match originalhost gw-* user ann",
            "  IdentityFile ~/%r");

    SshProfile first = any.forHost("a.example").chain().get(0);
    assertThat(first.user()).as("not known yet, but needed").isEqualTo(new SshUser.FromFtp());
    assertThat(first.host()).contains("gw-a.example");
    SshProfile hop = any.forHost("a.example", Optional.of("ann")).chain().get(0);
    assertThat(hop.user()).isEqualTo(new SshUser.Fixed("ann"));
    assertThat(hop.host()).contains("gw-a.example");
    assertThat(hop.port()).isEqualTo(2222);
    assertThat(hop.login().identityFiles()).containsExactly(home.resolve("ann"));
    assertThat(any.forHost("u@evil/.example").chain().get(0).host()).contains("gw-%h");
  }

  @Test
  void aWayWithoutEndHasOne() throws IOException {
    SshProfile any = file.profile("", "Host *", "  ProxyJump gw-%h");

    assertThat(any.forHost("a").chain()).hasSize(32);
  }

  @Test
  void aWayThatWouldComeBackBeginsThere() throws IOException {
    SshProfile any = file.profile("", "Host *", "  ProxyJump bastion");

    assertThat(any.forHost("inner").chain())
        .extracting(hop -> hop.host().orElse("inner"))
        .containsExactly("bastion", "inner");
    assertThat(any.forHost("bastion").chain()).hasSize(1);
  }
}
