package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig.Socks;
import culvert.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final String CANARY = "c4n4ry";

  @TempDir private Path directory;

  @Test
  void readsVariablesAndFilesAndLiterals() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "from a file\n");

    assertThat(users("a: '${env:V}'", "b: '${file:" + file + "}'", "c: no"))
        .isEqualTo(
            Map.of(
                "a", new Secret("from a variable"),
                "b", new Secret("from a file"),
                "c", new Secret("no")));
  }

  @Test
  void referencesMayStandInsideOfTextAndADoubledDollarIsNone() {
    assertThat(users("a: '<${env:V}|${env:V}>'", "b: '$${env:V}$'", "c: '\\$1${env:V}'"))
        .isEqualTo(
            Map.of(
                "a", new Secret("<from a variable|from a variable>"),
                "b", new Secret("${env:V}$"),
                "c", new Secret("\\$1from a variable")));
  }

  @Test
  void whatAReferenceYieldsIsNotReplacedAgain() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "${env:V}\\1$0");

    assertThat(users("a: '${file:" + file + "}'"))
        .isEqualTo(Map.of("a", new Secret("${env:V}\\1$0")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "x\n", "x\r\n"})
  void oneTrailingLineEndOfAFileIsStripped(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), content);

    assertThat(users("a: '${file:" + file + "}'")).isEqualTo(Map.of("a", new Secret("x")));
  }

  @Test
  void otherWhiteSpaceOfAFileStays() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), " x \n\n");

    assertThat(users("a: '${file:" + file + "}'")).isEqualTo(Map.of("a", new Secret(" x \n")));
  }

  @Test
  void aFileBelowTheHomeMayBeNamedWithATilde() throws IOException {
    Files.writeString(directory.resolve("secret"), "x\n");

    assertThat(users("a: '${file:~/secret}'")).isEqualTo(Map.of("a", new Secret("x")));
  }

  @Test
  void aFileThatIsTooLargeOrNotTextIsAProblem() throws IOException {
    Path large = Files.writeString(directory.resolve("large"), CANARY.repeat(20_000));
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xFF, 'x'});

    assertThat(load("a: '${file:" + large + "}'", "b: '${file:" + binary + "}'").problems())
        .extracting(ConfigProblem::message)
        .containsExactly(
            "users: cannot read " + large + ": larger than 64 KiB",
            "users: cannot read " + binary + ": not UTF-8");
  }

  @Test
  void aCredentialIsAFileInTheDirectoryOfTheServiceManager() throws IOException {
    Files.writeString(directory.resolve("gateway.password"), "from systemd\n");

    assertThat(
            withCredentials(directory.toString(), "'<${credential:gateway.password}>'").problems())
        .isEmpty();
    assertThat(
            withCredentials(directory.toString(), "'<${credential:gateway.password}>'")
                .orThrow()
                .profiles()
                .get("a")
                .login()
                .password())
        .contains(new Secret("<from systemd>"));
  }

  @ParameterizedTest(name = "{0} in {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gone         | HERE  | cannot read HERE/gone: no such file",
        "large        | HERE  | cannot read HERE/large: larger than 64 KiB",
        "pipe         | HERE  | cannot read HERE/pipe: a pipe (expected: a regular file)",
        "x            | ``    | no credential \"x\": $CREDENTIALS_DIRECTORY is not set",
        "x            | run/x | no credential \"x\": $CREDENTIALS_DIRECTORY is \"run/x\" (expected: an absolute",
        "../x         | HERE  | no credential's name",
        "/etc/passwd  | HERE  | no credential's name",
        "..           | HERE  | no credential's name",
        "``           | HERE  | no credential's name",
      })
  void aCredentialThatIsNotThereIsAProblemWithItsPlace(String name, String where, String expected)
      throws Exception {
    Files.writeString(directory.resolve("large"), CANARY.repeat(20_000));
    Process pipe = new ProcessBuilder("mkfifo", directory.resolve("pipe").toString()).start();
    assertThat(pipe.waitFor()).isZero();

    ConfigResult result =
        withCredentials(
            where.replace("HERE", directory.toString()), "'${credential:" + name + "}'");

    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().get(0).toString())
        .startsWith("c.yaml:3:15: password: " + expected.replace("HERE", directory.toString()));
  }

  private static ConfigResult withCredentials(String credentials, String password) {
    return new ConfigLoader(Loading.environment(Map.of("CREDENTIALS_DIRECTORY", credentials)))
        .loadString("profiles:\n  a:\n    password: " + password + "\n", "c.yaml");
  }

  @Test
  void theProfilePasswordMayComeFromAVariable() {
    CulvertConfig config =
        new ConfigLoader(environment())
            .loadString("profiles: { a: { password: '${env:V}' }, b: {} }", "c.yaml")
            .orThrow();

    assertThat(config.profiles().get("a").login().password())
        .contains(new Secret("from a variable"));
    assertThat(config.profiles().get("b").login().password()).isEqualTo(Optional.empty());
  }

  @Test
  void anAgentFromAVariableThatIsEmptyIsNoAgent() {
    assertThat(Loading.problems("profiles: { a: { identity-agent: '${env:EMPTY}' } }")).isEmpty();
  }

  @Test
  void rfc1929BoundsNamesAndPasswords() {
    assertThat(load("a: " + "ä".repeat(128), "'" + "n".repeat(256) + "': x", "'': x").problems())
        .extracting(ConfigProblem::message)
        .containsExactly(
            "users: a password's length (expected: 1..255 bytes)",
            "users: a name's length (expected: 1..255 bytes)",
            "users: a name's length (expected: 1..255 bytes)");
  }

  @Test
  void aConfigurationDoesNotPrintItsSecrets() {
    CulvertConfig config =
        new ConfigLoader(Loading.environment(Map.of("V", CANARY)))
            .loadString(
                String.join(
                    "\n",
                    "listeners: [{ socks: 1080, users: { joe: '${env:V}', jim: " + CANARY + " } }]",
                    "profiles:",
                    "  a: { password: '${env:V}', identity-passphrase: '${env:V}' }"),
                "c.yaml")
            .orThrow();

    assertThat(config.toString()).contains("****").doesNotContain(CANARY);
  }

  @Test
  void anEnvironmentDoesNotPrintItsValues() {
    assertThat(Loading.environment(Map.of("V", CANARY)).toString())
        .contains("V")
        .doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password: c4n4ry",
        "password: [c4n4ry]",
        "password: { c4n4ry: c4n4ry }",
        "password: *c4n4ry",
        "password: !c4n4ry",
        "password: !!c4n4ry x",
        "password: '${c4n4ry}'",
        "password: '${env:V'",
        "password: ${env:V}${x:c4n4ry}",
        "password: '${file:/x}c4n4ry'",
        "identity-passphrase: [c4n4ry]",
        "identity-passphrase: '${env:V}${env:c'",
        "identity-passphrase: @c4n4ry",
        "identity-passphrase: %c4n4ry",
        "identity-passphrase: 'c4n4ry",
        "identity-passphrase: \"c4n4ry\\q\"",
        "identity-passphrase: |c4n4ry",
        "identity-passphrase: &c4n4ry",
        "identity-passphrase: c4n4ry: c4n4ry",
        "identity-agent: '${env:V}'",
        "host: joe:c4n4ry@ssh.example",
        "host: ssh://joe:c4n4ry@ssh.example:22",
        "proxy: socks5://joe:c4n4ry@proxy.example:1080",
        "proxy: socks5://a-name-that-is-so-long-that-what-follows-on-it-is-cut:c4n4ry@proxy.example",
        "proxy: joe:c4n4ry@proxy.example:1080",
        "proxy-jump: joe:c4n4ry@hop.example",
        "known-hosts: [joe:c4n4ry@ssh.example]"
      })
  void noProblemShowsASecret(String line) {
    ConfigResult result =
        new ConfigLoader(Loading.environment(Map.of("V", CANARY)))
            .loadString("profiles:\n  a:\n    " + line + "\n", "c.yaml");

    assertThat(result.problems()).isNotEmpty();
    assertThat(result.toString()).doesNotContain(CANARY);
  }

  private Map<String, Secret> users(String... users) {
    return ((Socks) load(users).orThrow().listeners().get(0)).users();
  }

  private ConfigResult load(String... users) {
    return new ConfigLoader(environment())
        .loadString(
            "listeners:\n- socks: 1080\n  users:\n    " + String.join("\n    ", users), "c.yaml");
  }

  private Environment environment() {
    return new Environment(
        Map.of("V", "from a variable"), directory, Path.of("/work"), Path.of("/etc"));
  }
}
