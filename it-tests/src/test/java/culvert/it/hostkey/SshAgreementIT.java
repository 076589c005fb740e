package culvert.it.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import culvert.it.AnyTransport;
import culvert.it.hostkey.Verdicts.Answer;
import culvert.it.hostkey.Verdicts.Question;
import culvert.it.peers.HostKeySshd;
import culvert.it.peers.KeyFiles;
import culvert.it.peers.RealPeers;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Before the same sshd and with the same known_hosts, Culvert says what OpenSSH's {@code ssh} says,
 * and leaves the same known_hosts behind.
 */
@RealPeers
@Timeout(300)
@AnyTransport
class SshAgreementIT {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final List<String> MODES = List.of("yes", "accept-new");

  /** Public keys by name, as {@code {name}} stands for them in known_hosts. */
  private static final TreeMap<String, String> KEYS = new TreeMap<>();

  /** Servers by the key or certificate that they show. */
  private static final TreeMap<String, HostKeySshd> SERVERS = new TreeMap<>();

  @TempDir private static Path keyDirectory;
  private static Path login;
  private static Verdicts verdicts;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    KeyFiles files = new KeyFiles(keyDirectory);
    login = files.pair("login", "ed25519");
    Path ed25519 = key(files, "ed25519", "ed25519");
    Path ecdsa = key(files, "ecdsa", "ecdsa");
    Path rsa = key(files, "rsa", "rsa");
    key(files, "other", "ed25519");
    Path authority = key(files, "ca", "ed25519");
    Path ecdsaAuthority = key(files, "ecdsa-ca", "ecdsa");
    Path rsaAuthority = key(files, "rsa-ca", "rsa");
    serve("ed25519", ed25519);
    serve("rsa", rsa);
    serve("three", ed25519, ecdsa, rsa);
    String[] forUs = {"-h", "-n", "localhost,mainframe"};
    serve("certified", files.certified("certified", ed25519, authority, forUs));
    serve("by-ecdsa", files.certified("by-ecdsa", ed25519, ecdsaAuthority, forUs));
    serve("by-rsa", files.certified("by-rsa", ed25519, rsaAuthority, forUs));
    serve("certified-ecdsa", files.certified("certified-ecdsa", ecdsa, authority, forUs));
    serve("certified-rsa", files.certified("certified-rsa", rsa, authority, forUs));
    serve(
        "by-sha1",
        files.certified(
            "by-sha1", ed25519, rsaAuthority, "-h", "-n", "localhost", "-t", "ssh-rsa"));
    serve(
        "expired",
        files.certified(
            "expired", ed25519, authority, "-h", "-n", "localhost", "-V", "20200101:20210101"));
    serve(
        "future",
        files.certified("future", ed25519, authority, "-h", "-n", "localhost", "-V", "+52w:+53w"));
    serve(
        "of-another", files.certified("of-another", ed25519, authority, "-h", "-n", "www.example"));
    serve("wildcard", files.certified("wildcard", ed25519, authority, "-h", "-n", "local*"));
    serve(
        "critical",
        files.certified(
            "critical", ed25519, authority, "-h", "-n", "localhost", "-O", "critical:odd=yes"));
    serve("for-anybody", files.certified("for-anybody", ed25519, authority, "-h"));
    verdicts = new Verdicts(LOOPBACK, login);
  }

  private static Path publicKey(Path key) {
    return Path.of(key + ".pub");
  }

  private static Path key(KeyFiles files, String name, String type) throws IOException {
    Path file = files.pair(name, type);
    KEYS.put(name, KeyFiles.publicKey(file));
    return file;
  }

  private static void serve(String name, Path... keys) throws IOException {
    SERVERS.put(name, HostKeySshd.start("127.0.0.1", List.of(keys), publicKey(login)));
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(HostKeySshd::close);
    if (verdicts != null) {
      verdicts.close();
    }
  }

  /** Fills in {@code HOST} and {@code {key}}; {@code ;} ends a line, {@code ;;} a file. */
  private static List<String> files(String template, int port) {
    String text = template.replace("HOST", "[localhost]:" + port);
    for (var key : KEYS.entrySet()) {
      text = text.replace("{" + key.getKey() + "}", key.getValue());
    }
    List<String> files = new ArrayList<>();
    for (String file : text.split(" ?;; ?", -1)) {
      files.add(file.replaceAll(" ?; ?", "\n"));
    }
    return files;
  }

  private void agree(Question question, InetAddress address, Verdicts asked) throws Exception {
    Answer theirs = asked.ofSsh(question, directory, address);
    Answer ours = asked.ofCulvert(question, directory);
    if (theirs.accepted() && ours.detail().contains(" changed (expected a certificate by ")) {
      assertThat(theirs.knownHosts()).as("new to ssh").isNotEqualTo(question.knownHosts().get(0));
      assertThat(ours.knownHosts()).isEqualTo(question.knownHosts().get(0));
      return;
    }
    assertThat(ours.accepted())
        .as("%s%nculvert: %s%nssh: %s", question, ours.detail(), theirs.detail())
        .isEqualTo(theirs.accepted());
    assertThat(ours.knownHosts()).as(question.toString()).isEqualTo(theirs.knownHosts());
  }

  @ParameterizedTest(name = "{0} before {1}")
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        // nothing, or nothing about this host
        "``                                                     > ed25519",
        "# a comment ;                                          > ed25519",
        "www.example {ed25519} ;                                > ed25519",
        "[localhost]:1 {ed25519} ;                              > ed25519",
        "127.0.0.1 {ed25519} ;                                  > ed25519",
        // the key, another one, both
        "HOST {ed25519} ;                                       > ed25519",
        "HOST {other} ;                                         > ed25519",
        "HOST {rsa} ;                                           > ed25519",
        "HOST {other} ; HOST {ed25519} ;                        > ed25519",
        "HOST {ed25519} a comment ;                             > ed25519",
        "HOST {rsa} ;                                           > rsa",
        // names
        "localhost {ed25519} ;                                  > ed25519",
        "localhost {other} ;                                    > ed25519",
        "localhost {ed25519} ; HOST {other} ;                   > ed25519",
        "a,HOST,b {ed25519} ;                                   > ed25519",
        "* {ed25519} ;                                          > ed25519",
        "* {other} ;                                            > ed25519",
        "[local*]:* {ed25519} ;                                 > ed25519",
        "[LOCALHOST]:* {other} ;                                > ed25519",
        "[localhos?]:* {other} ;                                > ed25519",
        "*,!HOST {other} ;                                      > ed25519",
        "!HOST {ed25519} ;                                      > ed25519",
        "*,!localhost {ed25519} ;                               > ed25519",
        // several files
        "HOST {other} ;; HOST {ed25519} ;                       > ed25519",
        "HOST {ed25519} ;; HOST {other} ;                       > ed25519",
        "# nothing ;; HOST {ed25519} ;                          > ed25519",
        // malformed lines
        "@unheard-of HOST {ed25519} ; HOST {ed25519} ;          > ed25519",
        // revoked
        "@revoked * {ed25519} ;                                 > ed25519",
        "@revoked HOST {ed25519} ; HOST {ed25519} ;             > ed25519",
        "HOST {ed25519} ;; @revoked * {ed25519} ;               > ed25519",
        "@revoked www.example {ed25519} ; HOST {ed25519} ;      > ed25519",
        "@revoked * {other} ; HOST {ed25519} ;                  > ed25519",
        // which of three keys is asked for
        "``                                                     > three",
        "HOST {ed25519} ;                                       > three",
        "HOST {ecdsa} ;                                         > three",
        "HOST {rsa} ;                                           > three",
        "HOST {rsa} ; HOST {ecdsa} ;                            > three",
        "HOST {other} ;                                         > three",
        "@revoked * {ed25519} ; HOST {rsa} ;                    > three",
        "@cert-authority * {ca} ;                               > three",
        "@cert-authority * {ca} ; HOST {rsa} ;                  > three",
        // certificates
        "@cert-authority HOST {ca} ;                            > certified",
        "@cert-authority * {ca} ;                               > certified",
        "@cert-authority localhost {ca} ;                       > certified",
        "@cert-authority www.example {ca} ;                     > certified",
        "@cert-authority *,!HOST,!localhost {ca} ;              > certified",
        "@cert-authority * {other} ;                            > certified",
        "@cert-authority * {other} ; @cert-authority * {ca} ;   > certified",
        "@cert-authority * {ed25519} ;                          > certified",
        "HOST {ca} ;                                            > certified",
        "``                                                     > certified",
        "HOST {ed25519} ;                                       > certified",
        "HOST {other} ;                                         > certified",
        "@cert-authority * {ca} ; HOST {other} ;                > certified",
        "@cert-authority * {other} ; HOST {ed25519} ;           > certified",
        "@cert-authority * {ca} ;                               > ed25519",
        "@cert-authority * {ca} ; HOST {ed25519} ;              > ed25519",
        "@cert-authority * {ecdsa-ca} ;                         > by-ecdsa",
        "@cert-authority * {rsa-ca} ;                           > by-rsa",
        "@cert-authority * {ca} ;                               > certified-ecdsa",
        "@cert-authority * {ca} ;                               > certified-rsa",
        "HOST {rsa} ;                                           > certified-rsa",
        "@cert-authority * {ca} ; HOST {ecdsa} ;                > certified-rsa",
        // certificates that do not count
        "@cert-authority * {ca} ;                               > expired",
        "@cert-authority * {ca} ; HOST {ed25519} ;              > expired",
        "@cert-authority * {ca} ; HOST {other} ;                > expired",
        "@cert-authority * {ca} ; localhost {ed25519} ;         > expired",
        "@cert-authority * {ca} ;                               > future",
        "@cert-authority * {ca} ;                               > of-another",
        "@cert-authority * {ca} ; HOST {ed25519} ;              > of-another",
        "@cert-authority * {ca} ;                               > wildcard",
        "@cert-authority * {ca} ;                               > critical",
        "@cert-authority * {rsa-ca} ;                           > by-sha1",
        "@cert-authority * {rsa-ca} ; HOST {ed25519} ;          > by-sha1",
        // revoked authorities and certified keys
        "@cert-authority * {ca} ; @revoked * {ca} ;             > certified",
        "@revoked * {ca} ;                                      > certified",
        "@revoked * {ca} ; HOST {ed25519} ;                     > certified",
        "@cert-authority * {ca} ; @revoked * {ed25519} ;        > certified",
        "@cert-authority * {ca} ; @revoked * {other} ;          > certified",
      })
  void theSameVerdictAndTheSameFile(String template, String server) throws Exception {
    int port = SERVERS.get(server).port();
    for (String mode : MODES) {
      agree(
          new Question("localhost", port, mode, "", false, files(template, port)),
          LOOPBACK,
          verdicts);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "HOST {ed25519} ;, ed25519",
    "HOST {other} ;, ed25519",
    "@revoked HOST {ed25519} ;, ed25519",
    "@cert-authority HOST {ca} ;, certified",
    "www.example {ed25519} ;, ed25519",
  })
  void theSameWithHashedNames(String template, String server) throws Exception {
    int port = SERVERS.get(server).port();
    String line = files(template, port).get(0);
    String marker = line.startsWith("@") ? line.substring(0, line.indexOf(' ') + 1) : "";
    Path file = directory.resolve("to-hash");
    Files.writeString(file, line.substring(marker.length()));
    KeyFiles.keygen("-q", "-H", "-f", file.toString()); // leaves marked lines alone
    String hashed = marker + Files.readString(file);
    assertThat(hashed).startsWith(marker + "|1|");
    for (String mode : MODES) {
      agree(new Question("localhost", port, mode, "", false, List.of(hashed)), LOOPBACK, verdicts);
    }
  }

  @ParameterizedTest(name = "before {1}: {0}")
  @CsvSource({
    "'', ed25519",
    "mainframe {ed25519} ;, ed25519",
    "mainframe {other} ;, ed25519",
    "HOST {ed25519} ;, ed25519",
    "localhost {ed25519} ;, ed25519",
    "@revoked mainframe {ed25519} ;, ed25519",
    "@cert-authority mainframe {ca} ;, certified",
    "@cert-authority mainframe {ca} ;, of-another",
    "@cert-authority localhost {ca} ;, certified",
  })
  void theSameWithAnAlias(String template, String server) throws Exception {
    int port = SERVERS.get(server).port();
    for (String mode : MODES) {
      agree(
          new Question("localhost", port, mode, "mainframe", false, files(template, port)),
          LOOPBACK,
          verdicts);
    }
  }

  /** Seeded, so that a failure can be had again. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void theSameWithRandomFiles(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> markers = List.of("", "", "", "@revoked ", "@cert-authority ", "@cert-authority ");
    List<String> names =
        List.of("HOST", "HOST", "*", "[local*]:*", "www.example", "*,!HOST", "*.example,HOST");
    List<String> keys = List.of("{ed25519}", "{other}", "{ca}", "{rsa}", "{ecdsa-ca}");
    StringBuilder template = new StringBuilder();
    for (int line = random.nextInt(4); line >= 0; line--) {
      template
          .append(pick(markers, random))
          .append(pick(names, random))
          .append(' ')
          .append(pick(keys, random))
          .append(pick(List.of(" ; ", " ; ", " ; ;; "), random));
    }
    String server =
        pick(List.of("ed25519", "rsa", "certified", "by-ecdsa", "expired", "of-another"), random);
    theSameVerdictAndTheSameFile(template.toString(), server);
  }

  private static String pick(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** An address that is no loopback one, but reached without leaving the machine. */
  private static Optional<InetAddress> ownAddress() throws IOException {
    for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(card.getInetAddresses())) {
        if (address instanceof Inet4Address && !address.isLoopbackAddress()) {
          return Optional.of(address);
        }
      }
    }
    return Optional.empty();
  }

  /** OpenSSH looks at the address of a literal only where an alias stands for the name. */
  @Test
  void theSameWithTheAddressLookedUpToo() throws Exception {
    assumeThat(ownAddress()).as("no address but loopback").isPresent();
    InetAddress address = ownAddress().orElseThrow();
    String literal = address.getHostAddress();
    Path key = keyDirectory.resolve("ed25519");
    try (HostKeySshd sshd = HostKeySshd.start(literal, List.of(key), publicKey(login));
        Verdicts there = new Verdicts(address, login)) {
      for (String template :
          List.of(
              "",
              "mainframe {ed25519} ;",
              "mainframe {ed25519} ; ADDRESS {ed25519} ;",
              "mainframe,ADDRESS {ed25519} ;",
              "mainframe {ed25519} ; ADDRESS {other} ;",
              "mainframe {other} ; ADDRESS {ed25519} ;",
              "ADDRESS {ed25519} ;",
              "mainframe {other} ;")) {
        String text = template.replace("ADDRESS", "[" + literal + "]:" + sshd.port());
        for (String mode : MODES) {
          Question question =
              new Question(literal, sshd.port(), mode, "mainframe", true, files(text, sshd.port()));
          Answer theirs = there.ofSsh(question, directory, address);
          Answer ours = there.ofCulvert(question, directory);
          assertThat(ours.accepted())
              .as("%s%nculvert: %s%nssh: %s", question, ours.detail(), theirs.detail())
              .isEqualTo(theirs.accepted());
          assertThat(ours.knownHosts())
              .as(question.toString())
              .isEqualTo(mode.equals("yes") ? question.knownHosts().get(0) : theirs.knownHosts());
        }
      }
    }
  }

  @Test
  void aLastLineWithoutItsNewlineStaysWholeWhereSshSpoilsIt() throws Exception {
    int port = SERVERS.get("ed25519").port();
    Question question =
        new Question(
            "localhost", port, "accept-new", "", false, files("www.example {other}", port));

    Answer ours = verdicts.ofCulvert(question, directory);
    assertThat(ours.accepted()).isTrue();
    assertThat(ours.knownHosts())
        .isEqualTo(files("www.example {other} ; HOST {ed25519} ; ", port).get(0));
    assertThat(verdicts.ofSsh(question, directory, LOOPBACK).accepted()).isTrue();
  }

  @Test
  void aKeyRevokedForTheBareNameIsRefusedOnEveryPortWhereSshForgetsIt() throws Exception {
    int port = SERVERS.get("ed25519").port();
    Question question =
        new Question(
            "localhost",
            port,
            "accept-new",
            "",
            false,
            files("@revoked localhost {ed25519} ;", port));

    assertThat(verdicts.ofSsh(question, directory, LOOPBACK).accepted()).isTrue();
    assertThat(verdicts.ofCulvert(question, directory).accepted()).isFalse();
  }

  @ParameterizedTest(name = "{0} before {1}")
  @CsvSource({
    "@cert-authority * {ca} ;, ed25519",
    "@cert-authority HOST {ca} ;, three",
    "@cert-authority localhost {ca} ;, expired",
    "@cert-authority * {other} ;, certified",
    "@cert-authority * {ca} ;, of-another",
  })
  void aHostOfAnAuthorityIsNeverNewWhereSshTakesItsPlainKey(String template, String server)
      throws Exception {
    int port = SERVERS.get(server).port();
    List<String> files = files(template, port);
    Question question = new Question("localhost", port, "accept-new", "", false, files);

    assertThat(verdicts.ofSsh(question, directory, LOOPBACK).accepted()).isTrue();
    Answer ours = verdicts.ofCulvert(question, directory);
    assertThat(ours.accepted()).isFalse();
    assertThat(ours.detail()).contains(" changed (expected a certificate by ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "HOST ; HOST ssh-ed25519 ; HOST ssh-ed25519 AAAA ;",
        "HOST ssh-unheard-of AAAA ;",
        "|1|c2hvcnQ=|aGFzaA== {other} ;",
      })
  void aLineThatCannotBeReadLetsNobodyNewInWhereSshPassesItOver(String template) throws Exception {
    int port = SERVERS.get("ed25519").port();
    List<String> files = files(template, port);
    agree(new Question("localhost", port, "yes", "", false, files), LOOPBACK, verdicts);
    Question question = new Question("localhost", port, "accept-new", "", false, files);

    assertThat(verdicts.ofSsh(question, directory, LOOPBACK).accepted()).isTrue();
    Answer ours = verdicts.ofCulvert(question, directory);
    assertThat(ours.accepted()).isFalse();
    assertThat(ours.detail()).contains(":1 cannot be read (");
    assertThat(ours.knownHosts()).isEqualTo(files.get(0));
  }

  /** OpenSSH takes such certificates for every host's; from 10.3 on for nobody's. */
  @Test
  void aCertificateWithoutPrincipalsIsNobodys() throws Exception {
    int port = SERVERS.get("for-anybody").port();
    Question question =
        new Question("localhost", port, "yes", "", false, files("@cert-authority * {ca} ;", port));

    Answer ours = verdicts.ofCulvert(question, directory);
    assertThat(ours.accepted()).isFalse();
    assertThat(ours.detail()).contains("expected a certificate by ").contains("not for localhost");
  }
}
