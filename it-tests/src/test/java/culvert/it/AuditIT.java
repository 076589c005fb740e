package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The audit trail tells what travelled how, for whom: jobs of all kinds, with real servers. */
@RealPeers
@AnyTransport
class AuditIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();
  private final MixedSite site = new MixedSite(peers);

  @Test
  void fromTheTrailAloneOneCommandTellsWhatWentInPlaintext() throws Exception {
    TestFile.create(peers.home().resolve("down"), 70_000);
    TestFile up = TestFile.create(peers.directory().resolve("up"), 30_000);
    String user = TestAccount.USER;
    try (Culvert culvert = site.start()) {
      CurlClient curl = culvert.curl();
      CurlClient wrong =
          CurlClient.through("--socks5-hostname", culvert.port(), user, "not the password");
      for (int i = 0; i < 4; i++) {
        assertThat(curl.digest(site.url("127.0.0.1", "down")).exitCode()).isZero();
        assertThat(site.put(curl, up, "127.0.0.1", "up" + i).exitCode()).isZero();
        assertThat(site.put(curl, up, "localhost", "plain" + i).exitCode()).isZero();
      }
      assertThat(curl.digest(site.url("localhost", "down")).exitCode()).isZero();
      assertThat(curl.text("--list-only", site.url("127.0.0.1", "")).exitCode()).isZero();
      for (int i = 0; i < 2; i++) {
        assertThat(curl.text(site.url("blocked.example", "down")).exitCode()).isEqualTo(97);
        assertThat(curl.text(site.url("changed.example", "down")).exitCode()).isNotZero();
        assertThat(wrong.text(site.url("changed.example", "down")).exitCode()).isNotZero();
      }
    }

    JsonNode plaintext =
        json(culvert("audit", "--route", "plaintext", "--by", "user,program", "--json"));
    assertThat(plaintext).hasSize(1);
    assertThat(plaintext.get(0).toString())
        .isEqualTo(
            """
            {"route":"plaintext","why":"unreachable","user":"%s","program":"curl","jobs":5,"not_ok":0,"files":{"up":4,"down":1},"bytes":{"up":120000,"down":70000}}"""
                .formatted(System.getProperty("user.name")));
    List<JsonNode> files = AuditTrails.events(site.trail(), "transfer.ended");
    assertThat(
            files.stream()
                .filter(file -> file.path("route").asText().equals("plaintext"))
                .map(
                    file ->
                        file.path("ftp").path("command").asText()
                            + " "
                            + file.path("ftp").path("path").asText()
                            + " "
                            + file.path("bytes"))
                .toList())
        .containsExactly(
            "STOR plain0 {\"up\":30000,\"down\":0}",
            "STOR plain1 {\"up\":30000,\"down\":0}",
            "STOR plain2 {\"up\":30000,\"down\":0}",
            "STOR plain3 {\"up\":30000,\"down\":0}",
            "RETR down {\"up\":0,\"down\":70000}");

    List<JsonNode> jobs = AuditTrails.events(site.trail(), "job.ended");
    assertThat(jobs).hasSize(20);
    assertThat(
            jobs.stream()
                .map(job -> job.path("route").asText() + " " + job.path("why").asText())
                .collect(Collectors.groupingBy(word -> word, Collectors.counting())))
        .isEqualTo(
            Map.of(
                "ssh ",
                9L,
                "plaintext unreachable",
                5L,
                "refused rule",
                2L,
                "refused host-key",
                4L));
    assertThat(jobs.stream().filter(job -> job.path("route").asText().equals("ssh")))
        .allSatisfy(
            job -> {
              assertThat(job.path("ssh").path("user").asText()).isEqualTo(user);
              assertThat(job.path("ssh").path("host_key").asText())
                  .startsWith("ssh-ed25519 SHA256:");
              assertThat(job.path("ssh").path("cipher").asText()).isNotEmpty();
            });
    assertThat(AuditTrails.events(site.trail(), "hostkey.changed")).isNotEmpty();
    assertThat(Files.readString(site.trail()))
        .doesNotContain(TestAccount.password(), "not the password");
  }

  @Test
  void aTrailThatWasTamperedWithDoesNotVerify() throws Exception {
    TestFile.create(peers.home().resolve("down"), 10);
    try (Culvert culvert = site.start()) {
      for (int i = 0; i < 3; i++) {
        assertThat(culvert.curl().digest(site.url("127.0.0.1", "down")).exitCode()).isZero();
      }
    }
    Run<String> whole = culvert("audit", "verify");
    assertThat(whole.exitCode()).as(whole.output()).isZero();

    List<String> lines = Files.readAllLines(site.trail());
    List<String> removed = new ArrayList<>(lines);
    removed.remove(2);
    List<String> changed = new ArrayList<>(lines);
    changed.set(2, changed.get(2).replace("curl", "lftp"));
    List<String> reordered = new ArrayList<>(lines);
    Collections.swap(reordered, 2, 3);
    for (List<String> tampered : List.of(removed, changed, reordered)) {
      Files.write(site.trail(), tampered);
      Run<String> verified = culvert("audit", "verify");
      assertThat(verified.exitCode()).as(verified.output()).isEqualTo(1);
      assertThat(verified.output()).contains(site.trail() + ":");
    }
  }

  @Test
  void anAbortedDownloadIsNoWholeFile() throws Exception {
    TestFile.create(peers.home().resolve("big"), 50 * TestFile.MIB);
    try (Culvert culvert = site.start();
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      String file = peers.home().getFileName() + "/big";
      try (Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort())) {
        assertThat(ftp.send("RETR " + file)).startsWith("150 ");
        assertThat(data.getInputStream().readNBytes(100_000)).hasSize(100_000);
        data.setSoLinger(true, 0);
      }
      assertThat(ftp.reply()).startsWith("426 ");
    }

    JsonNode job = AuditTrails.events(site.trail(), "job.ended").get(0);
    assertThat(job.path("outcome").asText()).isEqualTo("aborted");
    assertThat(job.path("files").path("down").asInt()).isZero();
    assertThat(job.path("bytes").path("down").asLong()).isPositive().isLessThan(50L * TestFile.MIB);
  }

  private Run<String> culvert(String... arguments) throws IOException {
    Path config = peers.directory().resolve("audit.yaml");
    Files.writeString(config, "state-directory: " + site.trail().getParent() + "\n");
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("-c", config.toString()));
    return Run.text(DEADLINE, CulvertProcess.builder(command).command());
  }

  private static JsonNode json(Run<String> run) throws IOException {
    assertThat(run.exitCode()).as(run.errors()).isZero();
    return new ObjectMapper().readTree(run.output().getBytes(StandardCharsets.UTF_8));
  }
}
