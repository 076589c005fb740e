package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class KnownHostsTest {
  private static final Path FILE = Path.of("known_hosts");

  @TempDir Path directory;

  private static KnownHosts parse(String... lines) {
    KnownHostsText text =
        new KnownHostsText(FILE, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    text.warn();
    return KnownHosts.of(text);
  }

  private static HostKeyVerdict judge(KnownHosts hosts, String host, int port, HostKey key) {
    return hosts.lookup(host, port).judge(key, true);
  }

  @ParameterizedTest(name = "{0} names {1}:{2}: {3}")
  @CsvSource(
      delimiter = ' ',
      value = {
        "ftp.example ftp.example 22 true",
        "ftp.example FTP.Example 22 true",
        "FTP.EXAMPLE ftp.example 22 true",
        "ftp.example www.example 22 false",
        "ftp.example xftp.example 22 false",
        "a,ftp.example,b ftp.example 22 true",
        "*.example ftp.example 22 true",
        "*.example example 22 false",
        "f?p.example ftp.example 22 true",
        "f?p.example fp.example 22 false",
        "*.example,!ftp.example ftp.example 22 false",
        "!ftp.example,*.example ftp.example 22 false",
        "*.example,!ftp.example www.example 22 true",
        "!www.example ftp.example 22 false",
        "[ftp.example]:2222 ftp.example 2222 true",
        "[ftp.example]:2222 ftp.example 22 false",
        "[ftp.example]:2222 ftp.example 2223 false",
        "[*.example]:2222 ftp.example 2222 true",
        "* ftp.example 2222 true",
        "2001:db8::1 2001:db8::1 22 true",
        "[2001:db8::1]:2222 2001:db8::1 2222 true",
        "*a*b*c xxaxbxxbxc 22 true",
        "*a*b*c xxaxbxxbxcd 22 false",
        // made by ssh-keygen -H of ftp.example and of [ftp.example]:2222
        "|1|ASXtlXsXPRX+BS466mviJSwIPxs=|QYABZy7FCtU5GxrcYNyEWgAh8fc= ftp.example 22 true",
        "|1|ASXtlXsXPRX+BS466mviJSwIPxs=|QYABZy7FCtU5GxrcYNyEWgAh8fc= www.example 22 false",
        "|1|Qf7kI0r8UJlqeM0fIMgwYlzo4Ow=|prhDZV3GFxypiIF/361MadfbLhQ= ftp.example 2222 true",
        "|1|Qf7kI0r8UJlqeM0fIMgwYlzo4Ow=|prhDZV3GFxypiIF/361MadfbLhQ= ftp.example 22 false",
      })
  void namesMatchAsInOpenSsh(String names, String host, int port, boolean matches) {
    KnownHosts hosts = parse(names + " " + Keys.text("ed25519"));

    assertThat(hosts.lookup(host, port).keys()).hasSize(matches ? 1 : 0);
  }

  @Test
  void theKeyOnFileIsKnown() {
    KnownHosts hosts = parse("# comment", "", "ftp.example " + Keys.text("ed25519") + " comment");

    assertThat(judge(hosts, "ftp.example", 22, Keys.ED25519))
        .isEqualTo(
            new HostKeyVerdict.Known(
                "ftp.example", new KnownKey(Keys.ED25519, FILE, 3), List.of()));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa"})
  void keysOfEveryTypeAreRecognised(String name) {
    KnownHosts hosts = parse("ftp.example\t" + Keys.text(name).replace(' ', '\t'));

    assertThat(hosts.lookup("ftp.example", 22).keys())
        .extracting(known -> known.key().type() + " " + known.key().base64())
        .containsExactly(Keys.text(name));
  }

  @Test
  void anyOfSeveralKeysIsKnown() {
    KnownHosts hosts =
        parse("ftp.example " + Keys.text("rsa"), "ftp.example " + Keys.text("ed25519"));

    assertThat(judge(hosts, "ftp.example", 22, Keys.ED25519).accepted()).isTrue();
    assertThat(judge(hosts, "ftp.example", 22, Keys.RSA).accepted()).isTrue();
  }

  @Test
  void anotherKeyIsChangedAndTheMessageSaysWhere() {
    KnownHosts hosts =
        parse("ftp.example " + Keys.text("rsa"), "ftp.example " + Keys.text("ed25519"));

    HostKeyVerdict verdict = judge(hosts, "ftp.example", 22, Keys.OTHER_ED25519);
    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message())
        .isEqualTo(
            "host key of ftp.example changed (expected ED25519 %s, known_hosts:2; got ED25519 %s): not sending credentials",
            Keys.ED25519.fingerprint(), Keys.OTHER_ED25519.fingerprint());
  }

  @Test
  void aKeyOfAnotherTypeIsChangedTooAsInOpenSsh() {
    KnownHosts hosts = parse("ftp.example " + Keys.text("rsa"));

    assertThat(judge(hosts, "ftp.example", 22, Keys.ED25519))
        .isInstanceOf(HostKeyVerdict.Changed.class);
  }

  @Test
  void nothingKnownIsNewOrUnknownByPolicy() {
    KnownHost known = parse("www.example " + Keys.text("rsa")).lookup("ftp.example", 2222);

    assertThat(known.judge(Keys.RSA, true))
        .isEqualTo(
            new HostKeyVerdict.NewAccepted(
                "[ftp.example]:2222", Keys.RSA, List.of("[ftp.example]:2222")));
    assertThat(known.judge(Keys.RSA, false))
        .isEqualTo(new HostKeyVerdict.Unknown("[ftp.example]:2222", Keys.RSA));
  }

  @Test
  void aRevokedKeyIsRefusedEvenIfItIsListed() {
    KnownHosts hosts = parse("ftp.example " + Keys.text("rsa"), "@revoked * " + Keys.text("rsa"));

    HostKeyVerdict verdict = judge(hosts, "ftp.example", 22, Keys.RSA);
    assertThat(verdict).isInstanceOf(HostKeyVerdict.Revoked.class);
    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message())
        .startsWith("host key of ftp.example is revoked (RSA SHA256:")
        .endsWith("known_hosts:2): not sending credentials");
  }

  @Test
  void aKeyRevokedForTheHostIsRevokedOnEveryPort() {
    KnownHosts hosts = parse("@revoked ftp.example " + Keys.text("rsa"));

    assertThat(judge(hosts, "ftp.example", 2222, Keys.RSA))
        .isInstanceOf(HostKeyVerdict.Revoked.class);
  }

  @Test
  void aCertificationAuthorityIsNoHostKey() {
    KnownHosts hosts = parse("@cert-authority *.example " + Keys.text("rsa"));

    assertThat(judge(hosts, "ftp.example", 22, Keys.RSA))
        .isInstanceOf(HostKeyVerdict.NotCertified.class);
    assertThat(judge(hosts, "ftp.org", 22, Keys.RSA))
        .isInstanceOf(HostKeyVerdict.NewAccepted.class);
  }

  @Test
  void aKeyOnFileWithoutThePortIsKnownAsInOpenSsh() {
    KnownHosts hosts = parse("ftp.example " + Keys.text("rsa"));

    assertThat(judge(hosts, "ftp.example", 2222, Keys.RSA).accepted()).isTrue();
    assertThat(judge(hosts, "ftp.example", 2222, Keys.ED25519))
        .isInstanceOf(HostKeyVerdict.NewAccepted.class);
  }

  @Test
  void aKeyOnFileWithThePortBeatsTheOneWithout() {
    KnownHosts hosts =
        parse("ftp.example " + Keys.text("rsa"), "[ftp.example]:2222 " + Keys.text("ed25519"));

    assertThat(judge(hosts, "ftp.example", 2222, Keys.RSA))
        .isInstanceOf(HostKeyVerdict.Changed.class);
  }

  @Test
  void algorithmsOfKnownKeysComeFirst() {
    KnownHosts hosts =
        parse(
            "rsa " + Keys.text("rsa"),
            "[port]:2222 " + Keys.text("ecdsa521"),
            "bare " + Keys.text("ecdsa521"),
            "@cert-authority ca,ca-and-rsa " + Keys.text("rsa"),
            "ca-and-rsa " + Keys.text("rsa"),
            "@revoked revoked " + Keys.text("rsa"));
    List<String> plain =
        List.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256");
    List<String> certified = plain.stream().map(name -> name + "-cert-v01@openssh.com").toList();
    List<String> both = Stream.concat(certified.stream(), plain.stream()).toList();

    assertThat(algorithms(hosts, "rsa", 22))
        .startsWith("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519")
        .containsExactlyInAnyOrderElementsOf(plain);
    assertThat(algorithms(hosts, "port", 2222)).startsWith("ecdsa-sha2-nistp521");
    assertThat(algorithms(hosts, "bare", 2222)).startsWith("ecdsa-sha2-nistp521");
    assertThat(algorithms(hosts, "unknown", 22)).isEqualTo(plain);
    assertThat(algorithms(hosts, "ca", 22)).isEqualTo(both);
    assertThat(algorithms(hosts, "ca", 2222)).isEqualTo(both);
    assertThat(algorithms(hosts, "ca-and-rsa", 22))
        .startsWith(certified.toArray(String[]::new))
        .endsWith("ecdsa-sha2-nistp521")
        .containsSubsequence("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519");
    assertThat(algorithms(hosts, "revoked", 22))
        .as("a certificate can be a revoked authority's")
        .isEqualTo(both);
  }

  private static List<String> algorithms(KnownHosts hosts, String host, int port) {
    return HostKeyAlgorithms.STANDARD.of(hosts.lookup(host, port)).stream()
        .map(BuiltinSignatures::getName)
        .toList();
  }

  @Test
  void aHostKnownByAKeyOfATypeThatIsNotSpokenHereIsKnown() {
    ByteArrayBuffer securityKey = new ByteArrayBuffer();
    securityKey.putString("sk-ssh-ed25519@openssh.com");
    securityKey.putBytes(new byte[32]);
    securityKey.putString("ssh:");
    KnownHosts hosts =
        parse(
            "ftp.example sk-ssh-ed25519@openssh.com "
                + Base64.getEncoder().encodeToString(securityKey.getCompactData()));

    assertThat(judge(hosts, "ftp.example", 22, Keys.ED25519))
        .isInstanceOf(HostKeyVerdict.Changed.class);
  }

  @Test
  void malformedLinesAreReportedWithTheirPlaceAndSkipped() {
    Logger logger = (Logger) LoggerFactory.getLogger(KnownHosts.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      KnownHosts hosts =
          parse(
              "ftp.example",
              "ftp.example ssh-rsa !!!",
              "ftp.example ssh-rsa " + Keys.ED25519.base64(),
              "ftp.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
              "@unheard-of ftp.example " + Keys.text("rsa"),
              "|1|c2hvcnQ=|aGFzaA== " + Keys.text("rsa"),
              "ftp.example ssh-unheard-of AAAA",
              "ftp.example " + Keys.text("ed25519"));

      assertThat(appender.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly(
              "known_hosts:1: 1 field(s) (expected: [@marker] hosts key-type key); line skipped",
              "known_hosts:2: the key is not valid base64; line skipped",
              "known_hosts:3: the line says ssh-rsa, the key itself is of another type; line skipped",
              "known_hosts:4: the key is truncated; line skipped",
              "known_hosts:5: unknown marker (expected: @revoked or @cert-authority); line skipped",
              "known_hosts:6: hashed name: salt or hash is not of 20 octets; line skipped",
              "known_hosts:7: the key is truncated; line skipped");
      assertThat(hosts.lookup("ftp.example", 22).keys())
          .containsExactly(new KnownKey(Keys.ED25519, FILE, 8));
    } finally {
      logger.detachAppender(appender);
    }
  }

  @Test
  void severalFilesAreReadAndAMissingOneIsEmpty() throws Exception {
    Path first = Files.writeString(directory.resolve("first"), "a " + Keys.text("rsa") + "\r\n");
    Path second = Files.writeString(directory.resolve("second"), "b " + Keys.text("ed25519"));

    KnownHosts hosts = KnownHosts.load(List.of(first, directory.resolve("missing"), second));

    assertThat(judge(hosts, "a", 22, Keys.RSA).accepted()).isTrue();
    assertThat(hosts.lookup("b", 22).keys()).containsExactly(new KnownKey(Keys.ED25519, second, 1));
  }

  @Test
  void aDirectoryInPlaceOfAFileFailsClosed() {
    assertThatThrownBy(() -> KnownHosts.load(List.of(directory)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "known hosts file "
                + directory
                + " cannot be read: a directory (expected: a regular file)");
  }

  @Test
  void aFileBehindAFileFailsClosed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> KnownHosts.load(List.of(file.resolve("known_hosts"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void aFileWithoutReadPermissionFailsClosed() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "");
    assumeThat(file.toFile().setReadable(false)).isTrue();
    assumeThat(Files.isReadable(file)).as("runs as a superuser").isFalse();

    assertThatThrownBy(() -> KnownHosts.load(List.of(file)))
        .hasMessage("known hosts file " + file + " cannot be read: permission denied");
  }

  @Test
  void aShortRsaKeyIsRefused() throws Exception {
    KnownHost known = parse().lookup("ftp.example", 22);
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(768);
    HostKey key = HostKey.of(generator.generateKeyPair().getPublic());

    HostKeyVerdict verdict = known.judge(key, true);
    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.message()).contains("768 bits, expected at least 1024");
  }
}
