package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.it.AnyTransport;
import culvert.it.AuditTrails;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules by the name of a server whose address is all that a captured client tells. */
@RealPeers
@AnyTransport
class CapturedNamesIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String SOMEWHERE_ELSE = "10.77.0.99";

  private static final String LISTENERS =
      """
      listeners:
        - redirect: 127.0.0.1:%d
        - socks: 127.0.0.1:0
      """
          .formatted(CaptureHosts.PORT);

  private static final String RULES =
      """
      rules:
        - { name: probe, match: { host: www.foreign.example, port: 4711 }, action: block }
        - { name: foreign, match: { host: www.foreign.example }, action: direct }
        - { name: bank, match: { host: [ftp.bank.example, "*.bank.example"], port: 21 }, action: ftp-tunnel }
        - { name: rest, match: {}, action: block }
      capture:
        everybody: true
        destinations: [ftp.bank.example]
        on-crash: open
      """;

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;

  @BeforeAll
  static void start() throws Exception {
    known(SOMEWHERE_ELSE, SOMEWHERE_ELSE);
    hosts = CaptureHosts.start(directory, LISTENERS, RULES);
    hosts.captureAllButCulvert();
    Files.writeString(hosts.folder().resolve("file"), "content\n");
  }

  private static void known(String bank, String foreign) throws IOException {
    Files.writeString(
        CaptureHosts.names(directory),
        "127.0.0.1 localhost\n%s FTP.bank.example\n%s www.foreign.example\n"
            .formatted(bank, foreign));
  }

  @Test
  void aRuleByTheServersNameTakesItsAddressAsItIsNow() throws Exception {
    int before = hosts.besidesSsh();
    assertThat(download().exitCode()).as("not the bank's yet").isNotZero();
    assertThat(captured()).contains(SOMEWHERE_ELSE).doesNotContain(CaptureHosts.SERVER);

    known(CaptureHosts.SERVER, SOMEWHERE_ELSE);
    hosts.reload();
    await("the new address").atMost(DEADLINE).until(() -> download().exitCode() == 0);
    await("its capture").atMost(DEADLINE).until(() -> captured().contains(CaptureHosts.SERVER));
    assertThat(hosts.command("capture", "--check").output()).isEqualTo("ok\n");

    // Whoever says that the address is his, too, has none of it go in plaintext by that.
    known(CaptureHosts.SERVER, CaptureHosts.SERVER);
    hosts.reload();
    await("the foreign name").atMost(DEADLINE).until(CapturedNamesIT::isForeignNameKnown);
    assertThat(download().output()).isEqualTo("content\n");

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    await("the jobs' ends")
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(AuditTrails.events(hosts.trail(), "job.ended"))
                    .filteredOn(job -> job.at("/route").asText().equals("ssh"))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(CapturedNamesIT::assertBanks));
  }

  private static String captured() {
    return hosts.clients().does("nft", "list", "set", "inet", "culvert", "destinations4");
  }

  private static boolean isForeignNameKnown() throws IOException {
    hosts.python("fate", CaptureHosts.SERVER, 4711, CaptureHosts.NOBODY);
    return hosts.culvert().log().contains("probe");
  }

  private static void assertBanks(JsonNode job) {
    assertThat(job.at("/rule").asText()).isEqualTo("bank");
    assertThat(job.at("/destination/host").asText()).isEqualTo(CaptureHosts.SERVER);
  }

  private static Run<String> download() {
    return hosts.shell(
        "curl -q -sS --max-time 30 -u \"$USER:$PASSWORD\" \"ftp://%s/$FOLDER/file\""
            .formatted(CaptureHosts.SERVER),
        Map.of(
            "USER", TestAccount.USER,
            "PASSWORD", TestAccount.password(),
            "FOLDER", TestAccount.below(hosts.folder())),
        directory);
  }
}
