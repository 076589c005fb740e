package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our reading of known_hosts against {@code ssh-keygen -F}, where OpenSSH is installed. */
@Timeout(60)
class SshKeygenAgreementTest {
  private static final List<String> NAMES =
      List.of(
          "ftp.example",
          "www.ftp.example",
          "[ftp.example]:2222",
          "10.1.2.3",
          "[10.1.2.3]:2121",
          "2001:db8::1",
          "nowhere.test");

  @TempDir Path directory;

  @Test
  void theSameLinesAreFound() throws Exception {
    Path file = directory.resolve("known_hosts");
    Files.write(
        file,
        List.of(
            "# comment",
            "ftp.example " + Keys.text("ed25519"),
            "*.example,!www.* " + Keys.text("rsa"),
            "10.1.2.? " + Keys.text("ecdsa256"),
            "[*]:2222 " + Keys.text("ecdsa384"),
            "[10.1.2.3]:2121,2001:db8::1 " + Keys.text("ecdsa521")));
    assertAgreement(file);

    keygen("-q", "-H", "-f", file.toString());
    assertThat(Files.readString(file)).contains("|1|");
    assertAgreement(file);
  }

  @Test
  void theSameFingerprintIsPrinted() throws Exception {
    Path file = Files.writeString(directory.resolve("key.pub"), Keys.text("rsa") + "\n");

    assertThat(String.join("\n", keygen("-l", "-f", file.toString())))
        .contains(Keys.RSA.fingerprint());
  }

  private void assertAgreement(Path file) throws Exception {
    KnownHosts hosts = KnownHosts.load(List.of(file));
    for (String name : NAMES) {
      List<String> theirs =
          keygen("-F", name, "-f", file.toString()).stream()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.substring(line.indexOf(' ') + 1))
              .toList();
      boolean hasPort = name.startsWith("[");
      String host = hasPort ? name.substring(1, name.indexOf(']')) : name;
      int port = hasPort ? Integer.parseInt(name.substring(name.indexOf("]:") + 2)) : 22;
      assertThat(hosts.lookup(host, port).keys())
          .as(name)
          .extracting(known -> known.key().type() + " " + known.key().base64())
          .containsExactlyElementsOf(theirs);
    }
  }

  private static List<String> keygen(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    Stream.of(arguments).forEach(command::add);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeThat(e).as("ssh-keygen is not installed").isNull();
      throw e;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return output.lines().toList();
  }
}
