package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.HostKeyPolicy;
import culvert.ssh.HostKeys.Outcome;
import culvert.ssh.HostKeys.ServerHostKey;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where it cannot be read who is known, nobody is new; what OpenSSH writes can always be read. */
class UnreadableKnownHostsTest {
  private static final Path FILE = Path.of("known_hosts");
  private static final String LINE = "ftp.example " + Keys.text("ed25519");
  private static final String RSA_LINE = "ftp.example " + Keys.text("rsa");

  @TempDir Path directory;

  private static HostKeyVerdict judge(byte[] content, HostKey key, boolean acceptNew) {
    return KnownHosts.of(new KnownHostsText(FILE, content))
        .lookup("ftp.example", 22)
        .judge(key, acceptNew);
  }

  private static byte[] text(String... lines) {
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  private static Arguments bad(String what, int line, byte[] content) {
    return Arguments.of(what, line, content);
  }

  private static String cut(String line, int from) {
    return line.substring(0, line.length() - from);
  }

  private static String key(String type, byte[]... fields) {
    ByteArrayBuffer key = new ByteArrayBuffer();
    key.putString(type);
    for (byte[] field : fields) {
      key.putBytes(field);
    }
    return Base64.getEncoder().encodeToString(key.getCompactData());
  }

  static Stream<Arguments> unreadable() throws Exception {
    String good = "www.example " + Keys.text("rsa");
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(text(LINE));
    }
    byte[] noise = new byte[4096];
    new Random(10).nextBytes(noise);
    return Stream.of(
        bad("cut off in the key", 2, text(good, cut(LINE, 10))),
        bad("cut off in an RSA key", 1, text(cut(RSA_LINE, 100))),
        bad("cut off where base64 still is whole", 1, text(cut(LINE, 4))),
        bad("cut off before the key", 1, text("ftp.example ssh-ed25519")),
        bad("cut off in the type", 1, text("ftp.example ssh-ed")),
        bad("cut off in the name", 1, text("ftp.exa")),
        bad("cut off in a marker", 1, text("@revo")),
        bad("cut off in a hashed name", 1, text("|1|ASXtlXsXPRX+BS466mviJSwI")),
        bad(
            "cut off in a key of hardware",
            1,
            text(
                "h sk-ssh-ed25519@openssh.com " + key("sk-ssh-ed25519@openssh.com", new byte[32]))),
        bad("two lines glued together", 1, text(cut(LINE, 12) + good)),
        bad("a line without its beginning", 1, text(LINE.substring(20))),
        bad("UTF-16", 1, LINE.getBytes(StandardCharsets.UTF_16)),
        bad("UTF-16LE without a mark", 1, (LINE + "\r\n").getBytes(StandardCharsets.UTF_16LE)),
        bad(
            "UTF-16 that begins with a comment",
            1,
            ("# c\n" + LINE).getBytes(StandardCharsets.UTF_16LE)),
        bad("UTF-32", 1, LINE.getBytes(Charset.forName("UTF-32"))),
        bad("EBCDIC", 1, LINE.getBytes(Charset.forName("IBM1047"))),
        bad("a NUL", 1, text(LINE.replace("example", "exa\0mple"))),
        bad("a NUL in a comment", 2, text(good, "# \0")),
        bad("zeros at the end, as after a crash", 2, text(good, "\0\0\0\0")),
        bad("CRs alone", 1, text(good + "\r" + LINE + "\r")),
        bad("CRs alone behind a comment", 1, text("# mine\r" + LINE + "\r")),
        bad("compressed", 1, zipped.toByteArray()),
        bad("noise", 1, noise),
        bad(
            "a key of another type than the line says",
            1,
            text("ftp.example ssh-rsa " + Keys.ED25519.base64())),
        bad(
            "a type that nobody knows, whose key is none",
            1,
            text("ftp.example ssh-unheard-of AAAA")),
        bad(
            "a type that nobody knows, cut off",
            1,
            text("ftp.example ssh-unheard-of " + cut(key("ssh-unheard-of"), 8))),
        bad("a marker that nobody knows", 1, text("@unheard-of " + LINE)),
        bad("a hash that nobody knows", 1, text("|2|a|b " + Keys.text("rsa"))),
        bad("an authorized_keys line", 1, text("no-pty,command=\"a b\" " + Keys.text("rsa"))),
        bad("a key with options of SSH 1 that is none", 1, text("ftp.example 1024 35")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unreadable")
  void nobodyIsNewWhileALineCannotBeRead(String what, int line, byte[] content) {
    HostKeyVerdict verdict = judge(content, Keys.OTHER_ED25519, true);

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.namesToWrite()).isEmpty();
    assertThat(verdict.message())
        .startsWith(
            "host key of ftp.example is unknown (%s), and nobody new is accepted while known_hosts:%d cannot be read ("
                .formatted(Keys.OTHER_ED25519, line))
        .endsWith("): not sending credentials")
        .doesNotContain("\0", "\r", "\n");
    assertThat(judge(content, Keys.OTHER_ED25519, false).message())
        .as("under yes")
        .isEqualTo(
            "host key of ftp.example is unknown (%s): not sending credentials", Keys.OTHER_ED25519);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unreadable")
  void whoIsKnownStillIs(String what, int line, byte[] content) throws Exception {
    byte[] behind = text("", LINE, "");
    byte[] all = Arrays.copyOf(content, content.length + behind.length);
    System.arraycopy(behind, 0, all, content.length, behind.length);

    assertThat(judge(all, Keys.ED25519, true)).isInstanceOf(HostKeyVerdict.Known.class);
    assertThat(judge(all, Keys.RSA, true)).isInstanceOf(HostKeyVerdict.Changed.class);
  }

  static Stream<Arguments> readable() {
    String good = "www.example " + Keys.text("rsa");
    return Stream.of(
        Arguments.of("nothing", text("")),
        Arguments.of("comments and blank lines", text("# known hosts", "", "  \t ", "\t# more")),
        Arguments.of(
            "a comment in Latin-1", "# J\u00fcrgens".getBytes(StandardCharsets.ISO_8859_1)),
        Arguments.of("a comment behind the key", text(good + " root@www since 2019, #1")),
        Arguments.of("CR LF", text(good + "\r", "# comment\r", "\r", good + "\r", "")),
        Arguments.of("no newline at the end", text(good)),
        Arguments.of(
            "tabs and many spaces", text("  www.example\t\t ssh-rsa  " + Keys.RSA.base64())),
        Arguments.of("revoked", text("@revoked * " + Keys.text("rsa"))),
        Arguments.of("an authority", text("@cert-authority *.org " + Keys.text("rsa"))),
        Arguments.of(
            "hashed",
            text(
                "|1|ASXtlXsXPRX+BS466mviJSwIPxs=|RYABZy7FCtU5GxrcYNyEWgAh8fc= "
                    + Keys.text("rsa"))),
        Arguments.of(
            "DSA",
            text(
                "www.example ssh-dss "
                    + key("ssh-dss", new byte[128], new byte[20], new byte[128], new byte[128]))),
        Arguments.of(
            "hardware",
            text(
                "www.example sk-ssh-ed25519@openssh.com "
                    + key("sk-ssh-ed25519@openssh.com", new byte[32], new byte[4]))),
        Arguments.of(
            "XMSS",
            text(
                "www.example ssh-xmss@openssh.com "
                    + key("ssh-xmss@openssh.com", new byte[9], new byte[32]))),
        Arguments.of(
            "a type of the future",
            text("www.example ssh-mldsa-65 " + key("ssh-mldsa-65", new byte[1952]))),
        Arguments.of(
            "SSH 1",
            text(
                "www.example 1024 35 1199301232987349823749823 root@www",
                "ftp.example 1024 35 119930123298734982")),
        Arguments.of("negations", text("*.example,!ftp.example " + Keys.text("rsa"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readable")
  void whatOpenSshWritesLocksNobodyOut(String what, byte[] content) {
    assertThat(judge(content, Keys.ED25519, true)).isInstanceOf(HostKeyVerdict.NewAccepted.class);
  }

  @Test
  void aByteOrderMarkHidesNoHost() {
    byte[] content = ("\uFEFF" + LINE).getBytes(StandardCharsets.UTF_8);

    assertThat(judge(content, Keys.ED25519, true)).isInstanceOf(HostKeyVerdict.Known.class);
    assertThat(judge(content, Keys.RSA, true)).isInstanceOf(HostKeyVerdict.Changed.class);
  }

  @Test
  void aHostKnownByATypeOfTheFutureIsKnown() {
    byte[] content = text("ftp.example ssh-mldsa-65 " + key("ssh-mldsa-65", new byte[1952]));

    HostKeyVerdict verdict = judge(content, Keys.ED25519, true);
    assertThat(verdict).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(verdict.message()).contains("expected ssh-mldsa-65 SHA256:");
  }

  @Test
  void anyOfSeveralFilesCounts() throws Exception {
    Path mine = Files.write(directory.resolve("mine"), text("# nothing"));
    Path systems = Files.write(directory.resolve("systems"), text("# one", cut(LINE, 9)));

    HostKeyStore store = new HostKeyStore();
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(mine, systems), Optional.empty(), false);
    LookupNames names = LookupNames.of("ftp.example", 22);
    assertThat(store.lookup(policy, names).judge(Keys.RSA, true).message())
        .contains(systems + ":2 cannot be read (the key is truncated)");
    assertThat(store.accept(List.of(mine, systems), names, Keys.RSA, "").verdict().accepted())
        .isFalse();
    assertThat(FirstLogin.succeeds(store, List.of(mine, systems), names, Keys.RSA, "").accepted())
        .isFalse();
    assertThat(mine).hasContent("# nothing");
  }

  @Test
  void anAddressIsNotAddedToSuchAFile() throws Exception {
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(FILE), Optional.empty(), true);
    LookupNames names =
        LookupNames.of(
            policy,
            "ftp.example",
            22,
            Optional.of(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7})));

    HostKeyVerdict verdict =
        KnownHosts.of(new KnownHostsText(FILE, text(LINE, "cut")))
            .lookup(names)
            .judge(Keys.ED25519, true);
    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.namesToWrite()).isEmpty();
  }

  @Test
  void trustAddsNothingThereButFindsWhatIsKnown() throws Exception {
    Path file = Files.write(directory.resolve("known_hosts"), text("www.exa", LINE, ""));
    HostKeyPolicy policy = new HostKeyPolicy(true, List.of(file), Optional.empty(), false);
    ServerHostKey known = new ServerHostKey("ssh-ed25519", Keys.ED25519.base64(), "");
    ServerHostKey other = new ServerHostKey("ssh-rsa", Keys.RSA.base64(), "");

    assertThat(new MinaHostKeys().add(policy, "ftp.example", 22, List.of(known)))
        .extracting(Outcome::kind)
        .containsExactly(Outcome.Kind.KNOWN);
    assertThat(new MinaHostKeys().add(policy, "ftp.example", 22, List.of(known, other)))
        .allSatisfy(
            outcome -> {
              assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REFUSED);
              assertThat(outcome.message())
                  .startsWith(file + ":1 cannot be read (")
                  .endsWith("; mend or remove the line first");
            });
    assertThat(Files.readAllLines(file)).hasSize(2);
  }
}
