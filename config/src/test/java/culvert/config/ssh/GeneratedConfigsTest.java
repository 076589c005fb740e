package culvert.config.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Files at random: we make of them what OpenSSH makes of them, mistakes included. */
class GeneratedConfigsTest {
  private static final List<String> PATTERNS =
      List.of(
          "a",
          "b",
          "*",
          "a*",
          "?",
          "!a",
          "!b",
          "*.example",
          "h.example",
          "\"b\"",
          "!*.example",
          "A");
  private static final List<String> LISTS =
      List.of(
          "a",
          "b",
          "*",
          "a,b",
          "!a,*",
          "*.example,!h.example",
          "H.Example",
          "joe",
          System.getProperty("user.name"),
          "!joe,*",
          "\"a,b\"");
  private static final List<String> SETTINGS =
      List.of(
          "Port 1",
          "Port 2",
          "port=3",
          "User joe",
          "User ann",
          "HostName h.example",
          "HostName %h.example",
          "HostName \"b\"",
          "IdentityFile ~/one",
          "IdentityFile \"/two words\"",
          "IdentityFile none",
          "CertificateFile ~/c",
          "ConnectTimeout 5",
          "ConnectTimeout none",
          "ConnectTimeout 1m1",
          "ServerAliveInterval = 7",
          "ServerAliveCountMax 9",
          "RekeyLimit 1M",
          "RekeyLimit default 5m",
          "RekeyLimit 2G none",
          "ProxyJump j",
          "ProxyJump joe@j:23,k",
          "ProxyJump %r@j-%h:23,%d",
          "ProxyJump none",
          "ProxyCommand none",
          "ProxyCommand nc %h",
          "StrictHostKeyChecking yes",
          "StrictHostKeyChecking accept-new",
          "HostKeyAlias Al",
          "CheckHostIP yes",
          "checkhostip NO",
          "IdentitiesOnly yes",
          "UserKnownHostsFile ~/k ~/l",
          "UserKnownHostsFile none",
          "GlobalKnownHostsFile /g",
          "Ciphers aes128-ctr",
          "Ciphers -aes128-*",
          "MACs ^hmac-sha2-256",
          "KexAlgorithms +diffie-hellman-group1-sha1",
          "HostKeyAlgorithms ssh-ed25519",
          "PreferredAuthentications publickey",
          "PubkeyAuthentication no",
          "PasswordAuthentication no",
          "KbdInteractiveAuthentication no",
          "IdentityAgent /agent",
          "IdentityAgent none");
  private static final List<String> MISTAKES =
      List.of(
          "Port",
          "Port x",
          "Port 1 2",
          "Prot 22",
          "User \"joe",
          "Match",
          "Match host",
          "Match hots a",
          "Host",
          "Match all host a",
          "IdentitiesOnly perhaps",
          "ConnectTimeout -1");
  private static final List<String> NOISE =
      List.of("", "# comment", "   ", "\t# Host a", "Compression yes", "SendEnv LANG");

  private static Path directory;
  private static Agreement agreement;

  @BeforeContainer
  static void prepare() throws IOException {
    RealSsh.assumeInstalled();
    directory = Files.createTempDirectory("culvert-ssh-config");
    agreement = new Agreement(Files.createFile(directory.resolve("empty")));
  }

  @AfterContainer
  static void cleanUp() throws IOException {
    if (directory != null) {
      Files.deleteIfExists(directory.resolve("empty"));
      Files.deleteIfExists(directory.resolve("config"));
      Files.delete(directory);
    }
  }

  @Provide
  Arbitrary<String> wholesome() {
    return lines(0);
  }

  @Provide
  Arbitrary<String> mistaken() {
    return lines(2);
  }

  private static Arbitrary<String> lines(int mistakes) {
    Arbitrary<String> host =
        Arbitraries.of(PATTERNS)
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(it -> "Host " + String.join(" ", it));
    Arbitrary<String> criterion =
        Arbitraries.oneOf(
            Combinators.combine(
                    Arbitraries.of(
                        "host ",
                        "originalhost=",
                        "user ",
                        "localuser ",
                        "!host ",
                        "!user ",
                        "!originalhost "),
                    Arbitraries.of(LISTS))
                .as((name, list) -> name + list),
            Arbitraries.of("final", "!final", "canonical"));
    Arbitrary<String> match =
        criterion.list().ofMinSize(1).ofMaxSize(2).map(it -> "Match " + String.join(" ", it));
    Arbitrary<String> setting =
        Combinators.combine(
                Arbitraries.of(SETTINGS),
                Arbitraries.of("", "  ", "\t"),
                Arbitraries.of("", " ", "\r"))
            .as((text, before, after) -> before + text + after);
    return Arbitraries.frequencyOf(
            Tuple.of(60, setting),
            Tuple.of(16, host),
            Tuple.of(10, match),
            Tuple.of(2, Arbitraries.of("Match all", "Match !all", "Match host a all")),
            Tuple.of(10, Arbitraries.of(NOISE)),
            Tuple.of(mistakes, Arbitraries.of(MISTAKES)))
        .list()
        .ofMaxSize(24)
        .map(lines -> String.join("\n", lines));
  }

  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void whatIsRightMeansTheSame(
      @ForAll("wholesome") String text, @ForAll("destinations") String destination)
      throws IOException {
    agreement.check(Files.writeString(directory.resolve("config"), text), destination);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
  void whatIsWrongIsRefusedByBoth(
      @ForAll("mistaken") String text, @ForAll("destinations") String destination)
      throws IOException {
    agreement.check(Files.writeString(directory.resolve("config"), text), destination);
  }

  @Provide
  Arbitrary<String> destinations() {
    return Arbitraries.of(
        "joe@a", "ann@b", "joe@A", "ann@h.example", "bob@c.example", "ann@a", "a", "b");
  }
}
