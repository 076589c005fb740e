package culvert.config.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens of ProxyJump. */
class JumpTokensTest {
  @TempDir private Path directory;
  private final RecordedReport report = new RecordedReport();

  private Path file(String proxyJump) throws IOException {
    return Files.write(
        directory.resolve("config"),
        List.of(
            "Host t",
            "  HostName Real.invalid",
            "  HostKeyAlias alias",
            "  Port 7",
            "Host t *.sub",
            "  ProxyJump " + proxyJump));
  }

  private OpenSshConfig read(String proxyJump) throws IOException {
    return OpenSshConfig.read(file(proxyJump), Agreement.SURROUNDINGS, report);
  }

  private static List<String> jumps(OpenSshHost host) {
    return host.proxyJump().orElseThrow().stream().map(Agreement::jump).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gw-%h.invalid",
        "%n.%k.invalid",
        "%r-x@a.invalid:1",
        "g%p.invalid:2",
        "a%%.invalid"
      })
  void sshMakesTheSameOfThem(String proxyJump) throws IOException {
    RealSsh.assumeInstalled();

    String command = RealSsh.proxyCommand(file(proxyJump), "joe@t");

    Jump ours = read(proxyJump).lookup("t", Optional.of("joe")).proxyJump().orElseThrow().get(0);
    assertThat(command).endsWith(" -W '[real.invalid]:7' " + ours.host());
    assertThat(command.contains(" -l ")).isEqualTo(ours.user().isPresent());
    ours.user().ifPresent(user -> assertThat(command).contains(" -l " + user + " "));
    ours.port().ifPresent(port -> assertThat(command).contains(" -p " + port + " "));
    assertThat(ours.userIsPending()).isFalse();
    assertThat(report.warnings).isEmpty();
  }

  @Test
  void theyAreThoseOfTheDestinationInEveryHop() throws IOException {
    OpenSshHost host = read("%n@x-%n,y-%k").lookup("t", Optional.of("joe"));

    assertThat(jumps(host)).containsExactly("t@x-t", "y-alias");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../a.sub", "a/b.sub", "a b.sub", "a,evil.sub", "u@evil.sub", "[a].sub", "%h.sub"})
  void aHostThatIsNoNameLeadsToNoHopAndPastNone(String hostile) throws IOException {
    OpenSshHost host = read("gw-%h").lookup(hostile, Optional.of("joe"));

    assertThat(jumps(host)).containsExactly("gw-%h");
  }

  @Test
  void aUserMayHaveAnyNameInAUserButNotInAHost() throws IOException {
    OpenSshConfig config = read("%r@a,%r");

    assertThat(jumps(config.lookup("t", Optional.of("a/b @c%h"))))
        .containsExactly("a/b @c%h@a", "%r");
    assertThat(jumps(config.lookup("t", Optional.of("a\r\nb")))).containsExactly("%r@a", "%r");
  }

  @Test
  void aUserWhomNobodyKnowsYetIsPending() throws IOException {
    List<Jump> jumps = read("%r@a,u@b,%%r@c,gw-%r").lookup("t").proxyJump().orElseThrow();

    assertThat(jumps).extracting(Jump::userIsPending).containsExactly(true, false, false, false);
    assertThat(jumps).extracting(Jump::host).containsExactly("a", "b", "c", "gw-%r");
    assertThat(jumps.get(2).user()).contains("%r");
  }

  @Test
  void whatIsNoTokenIsAWarning() throws IOException {
    assertThat(jumps(read("gw-%d").lookup("t"))).containsExactly("gw-%d");

    assertThat(report.errors).isEmpty();
    assertThat(report.warnings)
        .containsExactly(
            "config:6:13: proxyjump: \"%d\" is none of %% %h %k %n %p %r, so that no such host is"
                + " found");
  }
}
