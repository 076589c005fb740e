package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.Peers;
import culvert.it.TestConfig;
import culvert.it.TestFile;
import culvert.it.peers.CurlClient;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Unpacked into a path with spaces, and found through a symbolic link. */
@RealPeers
@AnyTransport
class TarArchiveIT {
  private static final Pattern READY = Pattern.compile(".*socks 127\\.0\\.0\\.1:(\\d+).*");

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  private Path root;
  private Path program;

  @BeforeEach
  void unpack() throws IOException {
    Path directory = Files.createDirectory(peers.directory().resolve("a path"));
    Packages.run("tar", "-xf", Packages.archive().toString(), "-C", directory.toString());
    try (Stream<Path> unpacked = Files.list(directory)) {
      root = unpacked.findFirst().orElseThrow();
    }
    program =
        Files.createSymbolicLink(
            peers.directory().resolve("a link"),
            peers.directory().relativize(root.resolve("bin/culvert")));
  }

  @Test
  void runsAJob() throws Exception {
    TestConfig config = peers.config();
    TestFile file = TestFile.create(peers.home().resolve("file"), TestFile.MIB);
    Process culvert =
        new ProcessBuilder(program.toString(), "run", "-c", config.write().toString())
            .redirectError(peers.directory().resolve("log").toFile())
            .start();
    try {
      String line =
          new BufferedReader(
                  new InputStreamReader(culvert.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      Matcher ready = READY.matcher(String.valueOf(line));
      assertThat(ready.matches()).as(line).isTrue();
      CurlClient curl =
          CurlClient.through(
              "--socks5-hostname",
              Integer.parseInt(ready.group(1)),
              TestAccount.USER,
              TestAccount.password());

      assertThat(curl.digest(peers.url("file"))).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(peers.sshd().directTcpipPorts()).contains(peers.vsftpd().port());
    } finally {
      culvert.destroyForcibly();
    }
  }

  @Test
  void hasAConfigurationThatLetsNothingGoInPlaintext() throws IOException {
    Path config = root.resolve("etc/culvert/culvert.yaml");

    assertThat(Packages.run(program.toString(), "check", "-c", config.toString()).strip())
        .isEqualTo("ok");
    assertThat(Files.readAllLines(config).stream().filter(line -> !line.strip().startsWith("#")))
        .contains("default-action: block", "    fallback: none")
        .noneMatch(line -> line.matches(".*: (plain|direct|tunnel)\\b.*"));
  }

  @Test
  void hasWhatTheDebianPackageHas() throws IOException {
    Path installed = Files.createDirectory(peers.directory().resolve("installed"));
    Packages.extract(installed);

    List<String> debian =
        files(installed).stream()
            .map(file -> file.replaceFirst("^usr/", ""))
            .filter(file -> !file.contains("lintian") && !file.endsWith("changelog.Debian.gz"))
            .toList();
    assertThat(files(root).stream().filter(file -> !file.equals("LICENSE")))
        .containsExactlyInAnyOrderElementsOf(debian);
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .collect(Collectors.toList());
    }
  }
}
