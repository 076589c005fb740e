package culvert.it.odd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** One odd server, and where a client finds it. */
record Scene(Rig rig, int number, OddFtpServer server, Job job) implements AutoCloseable {
  // more than a server waits for data, less than it waits for commands
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Nothing came to the server but out of the tunnel, and Culvert's log says the same. */
  void assertNothingLeaked() throws IOException {
    assertThat(server.strangers()).as("who came past the tunnel").isEmpty();
    assertThat(rig.plaintextTo(server.address())).as("plaintext in the log").isEmpty();
    if (job.mode() != Mode.REMOTE && job.mode() != Mode.DIRECT) {
      for (int port : server.unknown()) {
        assertThat(rig.channelsTo(port)).as("SSH channels to port %d", port).isPositive();
      }
    }
  }

  /** What the client says it has got and stored is what it was to get and store. */
  void assertHonest(Client client, Run<String> run) throws IOException {
    if (run.exitCode() == 0) {
      assertThat(Files.readAllBytes(job.file(Client.DOWN)))
          .as("what was downloaded")
          .isEqualTo(bytes(server.file(Client.DOWN).orElseThrow()));
      if (client.uploads()) {
        assertThat(server.file(Client.UP).map(Scene::bytes))
            .as("what was uploaded")
            .contains(Files.readAllBytes(job.file(Client.UP)));
      }
    }
  }

  /** Where the client is gone, the server's sessions end, by their client. */
  void assertEndsPassedOn() {
    await("the end of the client reaches the server").atMost(PATIENCE).until(server::isIdle);
    assertThat(server.ends()).doesNotContain("silence");
  }

  /** What both have seen. */
  String story(Run<String> run) {
    return "exit code %d, %s%s, the server heard %s"
        .formatted(run.exitCode(), run.output(), run.errors(), server.commands());
  }

  @Override
  public void close() throws IOException {
    server.close();
    rig.left(job.mode(), number);
  }

  private static byte[] bytes(String content) {
    return content.getBytes(ISO_8859_1);
  }
}
