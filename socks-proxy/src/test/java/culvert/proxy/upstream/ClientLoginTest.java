package culvert.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.config.SshProfile;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who logs in where on the way to a server. */
class ClientLoginTest {
  private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();
  private static final Optional<Password> SECRET = Optional.of(new Password(new byte[] {1}));
  private static final String KEY = "authentication: publickey, identity-file: /k";

  /** The server of the profile {@code inner}. */
  private static SshServer server(String... profiles) {
    SshProfile profile =
        new ConfigLoader(
                new Environment(Map.of(), Path.of("/home/joe"), Path.of("/work"), Path.of("/etc")))
            .loadString("profiles:\n  " + String.join("\n  ", profiles), "c.yaml")
            .orThrow()
            .profiles()
            .get("inner");
    return new SshServer(profile, profile.host().orElse("ftp.example"));
  }

  private static Optional<SshSessionSpec> login(SshServer server, String user) {
    return ClientLogin.of(user.getBytes(UTF_8), SECRET, Optional.of("socksie"))
        .session(server, CLIENT);
  }

  @Test
  void everyHopSeesWhatItsOwnProfileTakesAndNothingElse() {
    SshSessionSpec inner =
        login(
                server(
                    "inner: { proxy-jump: [outer, middle], authentication: password }",
                    "outer: { host: o, user: from-socks, " + KEY + " }",
                    "middle: { host: m, user: fixed, authentication: password }"),
                "amy")
            .orElseThrow();

    SshSessionSpec middle = inner.via().orElseThrow();
    SshSessionSpec outer = middle.via().orElseThrow();
    assertThat(inner.user()).isEqualTo("amy");
    assertThat(inner.password()).isEqualTo(SECRET);
    assertThat(inner.server().host()).isEqualTo("ftp.example");
    assertThat(middle.user()).isEqualTo("fixed");
    assertThat(middle.password()).isEqualTo(SECRET);
    assertThat(middle.server().host()).isEqualTo("m");
    assertThat(outer.user()).isEqualTo("socksie");
    assertThat(outer.password()).as("it logs in with a key").isEmpty();
    assertThat(outer.via()).isEmpty();
  }

  @Test
  void anAnonymousUserHasNothingForAHopEither() {
    SshServer server =
        server("inner: { user: i, " + KEY + ", proxy-jump: hop }", "hop: { host: h }");

    assertThat(login(server, "anonymous")).isEmpty();
    assertThat(login(server, "amy").orElseThrow().via().orElseThrow().user()).isEqualTo("amy");
  }

  @Test
  void withoutAUserForAHopThereIsNoSession() {
    SshServer server =
        server(
            "inner: { user: i, " + KEY + ", proxy-jump: hop }",
            "hop: { host: h, user: from-socks, " + KEY + " }");

    assertThat(ClientLogin.withoutFtp(Optional.empty()).session(server, CLIENT)).isEmpty();
  }

  @Test
  void aServerBehindAHopIsNeverReachedWithoutIt() {
    SshServer server = server("inner: { proxy-jump: hop }", "hop: { host: h }");

    assertThatThrownBy(() -> new SshSessionSpec(server, "amy", SECRET, CLIENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "session with ftp.example:22: via no hop (expected: as the way of its profile says)");
  }
}
