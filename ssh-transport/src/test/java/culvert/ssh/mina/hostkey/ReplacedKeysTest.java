package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.HostKeyPolicy;
import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.Outcome;
import culvert.ssh.HostKeys.ServerHostKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ReplacedKeysTest {
  private static final String OLD = Keys.text("ed25519");
  private static final String NEW = Keys.text("ed25519-encrypted");
  private static final String RSA = Keys.text("rsa");
  private static final String HASHED =
      "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=";

  @TempDir private Path directory;
  private final HostKeys hostKeys = new MinaHostKeys();
  private Path file;

  @BeforeEach
  void aFile() {
    file = directory.resolve("known_hosts");
  }

  @Test
  void theLineOfTheHostIsReplacedAndAllOthersStayAsTheyAre() throws Exception {
    write(
        "# a comment",
        "ftp.example " + OLD,
        "other.example " + OLD + " with a comment\r",
        "@revoked * " + RSA,
        "@cert-authority ftp.example " + RSA,
        "[ftp.example]:2222 " + OLD,
        "what is this",
        "");

    assertThat(replace(22, Keys.OTHER_ED25519))
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.ADDED);

    assertThat(Files.readString(file))
        .isEqualTo(
            text(
                    "# a comment",
                    "other.example " + OLD + " with a comment\r",
                    "@revoked * " + RSA,
                    "@cert-authority ftp.example " + RSA,
                    "[ftp.example]:2222 " + OLD,
                    "what is this",
                    "")
                + "ftp.example "
                + NEW
                + "\n");
  }

  @Test
  void otherHostsOfTheLineKeepIt() throws Exception {
    write("a.example,FTP.example,192.0.2.1 " + OLD, "\t[ftp.example]:2222,b " + OLD);

    replace(22, Keys.OTHER_ED25519);
    replace(2222, Keys.OTHER_ED25519);

    assertThat(Files.readAllLines(file))
        .containsExactly(
            "a.example,192.0.2.1 " + OLD,
            "\tb " + OLD,
            "ftp.example " + NEW,
            "[ftp.example]:2222 " + NEW);
  }

  @Test
  void aHashedNameIsFound() throws Exception {
    write(
        HASHED + " " + OLD, "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|AAAAQV0VE8wmZL7suNrYQLITLCg= " + OLD);
    assertThat(HostNames.parse(HASHED).matches("192.168.1.61")).isTrue();

    hostKeys.replace(
        policy(file),
        "192.168.1.61",
        22,
        List.of(offered(Keys.OTHER_ED25519)),
        List.of(offered(Keys.OTHER_ED25519)));

    assertThat(Files.readAllLines(file))
        .hasSize(2)
        .noneMatch(line -> line.startsWith(HASHED))
        .endsWith("192.168.1.61 " + NEW);
  }

  @Test
  void onlyTheTypesThatWereConfirmedAreReplaced() throws Exception {
    write("ftp.example " + OLD, "ftp.example " + RSA);
    List<ServerHostKey> server = List.of(offered(Keys.OTHER_ED25519), offered(Keys.OTHER_RSA));

    assertThat(hostKeys.stale(policy(file), "ftp.example", 22, server))
        .extracting(HostKeys.StaleKey::location)
        .containsExactly(file + ":1", file + ":2");
    hostKeys.replace(policy(file), "ftp.example", 22, server, server.subList(0, 1));

    assertThat(Files.readAllLines(file))
        .containsExactly("ftp.example " + RSA, "ftp.example " + NEW);
    assertThat(hostKeys.stale(policy(file), "ftp.example", 22, server))
        .extracting(stale -> stale.key().fingerprint())
        .containsExactly(Keys.RSA.fingerprint());
  }

  @Test
  void aTypeThatTheServerHasNoMoreGoesWhereNothingElseIsKnownOfIt() throws Exception {
    write("ftp.example " + RSA);

    replace(22, Keys.OTHER_ED25519);

    assertThat(Files.readAllLines(file)).containsExactly("ftp.example " + NEW);
  }

  @Test
  void aKeyThatIsNotStaleStays() throws Exception {
    write("ftp.example " + RSA, "ftp.example " + OLD);
    List<ServerHostKey> server = List.of(offered(Keys.OTHER_ED25519), offered(Keys.RSA));

    hostKeys.replace(policy(file), "ftp.example", 22, server, server.subList(0, 1));

    assertThat(Files.readAllLines(file))
        .containsExactly("ftp.example " + RSA, "ftp.example " + NEW);
  }

  @Test
  void whatCannotBeTakenOutIsToldAndNothingIsWritten() throws Exception {
    Path system = directory.resolve("system");
    Files.writeString(system, "\nftp.example " + OLD + "\n");
    write("*.example " + OLD);

    assertThat(
            hostKeys.replace(
                policy(file, system),
                "ftp.example",
                22,
                List.of(offered(Keys.OTHER_ED25519)),
                List.of(offered(Keys.OTHER_ED25519))))
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REFUSED);
              assertThat(outcome.message()).contains(system + ":2", "does not write");
            });
    assertThat(replace(22, Keys.OTHER_ED25519))
        .extracting(Outcome::message)
        .singleElement()
        .asString()
        .contains(file + ":1 under a pattern");
    assertThat(Files.readAllLines(file)).containsExactly("*.example " + OLD);
    assertThat(
            hostKeys.stale(
                policy(file, system), "ftp.example", 22, List.of(offered(Keys.OTHER_ED25519))))
        .extracting(HostKeys.StaleKey::ours)
        .containsExactly(true, false);
  }

  @Test
  void aRevokedKeyReplacesNothing() throws Exception {
    write("ftp.example " + OLD, "@revoked * " + NEW);

    assertThat(replace(22, Keys.OTHER_ED25519))
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.REFUSED);

    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void modeAndLinkAreKeptAndNothingIsLeftBehind() throws Exception {
    Path real = directory.resolve("real");
    file = Files.createSymbolicLink(directory.resolve("link"), real);
    Files.writeString(real, "ftp.example " + OLD + "\n");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));

    replace(22, Keys.OTHER_ED25519);

    assertThat(file).isSymbolicLink();
    assertThat(Files.readString(real)).isEqualTo("ftp.example " + NEW + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(file, real);
    }
  }

  @Test
  void whatIsAddedMeanwhileIsNotLost() throws Exception {
    write("ftp.example " + OLD);
    boolean replaced =
        FileReplacement.replace(
            file,
            new byte[0],
            () -> {
              Files.writeString(file, "new\n");
              return false;
            });

    assertThat(replaced).isFalse();
    assertThat(file).hasContent("new\n");
  }

  private List<Outcome> replace(int port, HostKey key) throws IOException {
    return hostKeys.replace(
        policy(file), "ftp.example", port, List.of(offered(key)), List.of(offered(key)));
  }

  private void write(String... lines) throws IOException {
    Files.writeString(file, text(lines));
  }

  private static String text(String... lines) {
    return String.join("\n", Arrays.asList(lines)) + "\n";
  }

  private static HostKeyPolicy policy(Path... files) {
    return new HostKeyPolicy(true, List.of(files), Optional.empty(), false);
  }

  private static ServerHostKey offered(HostKey key) {
    return new ServerHostKey(key.type(), key.base64(), key.fingerprint());
  }
}
