package culvert.ssh.mina.auth;

import static culvert.config.AuthMethod.PASSWORD;
import static culvert.config.AuthMethod.PUBLICKEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.SshLogin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class LoginThreadsTest {
  private static final Path SOCKET = Path.of("/nowhere");

  @TempDir Path directory;
  private final List<Runnable> blocking = new ArrayList<>();
  private final LoginThreads threads = new LoginThreads(blocking::add);

  @AfterEach
  void close() {
    threads.close();
  }

  private static SshLogin login(Profiles profile) {
    return profile.port(22).login();
  }

  private AgentKey agentKey() throws Exception {
    return new AgentKey(
        new SshAgent(SOCKET),
        KeyBlob.parseLine(TestKeys.publicLine("rsa")),
        "comment",
        Duration.ofSeconds(1));
  }

  @Test
  void anAgentThatAnswersNobodyHoldsUpAFewThreadsAndNoOthers() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger asking = new AtomicInteger();
    for (int i = 0; i < 3 * LoginThreads.AGENT_THREADS; i++) {
      threads
          .toSign(agentKey())
          .execute(
              () -> {
                asking.incrementAndGet();
                try {
                  answer.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    await().until(() -> asking.get() == LoginThreads.AGENT_THREADS);
    assertThat(blocking).isEmpty();

    threads.toPrepare(login(Profiles.with(PUBLICKEY))).execute(() -> {});
    threads.toPrepare(login(Profiles.with(PASSWORD).agent(SOCKET))).execute(() -> {});
    threads.toSign(fileKey()).execute(() -> {});
    assertThat(blocking).hasSize(3);
    threads.toPrepare(login(Profiles.with(PUBLICKEY).agent(SOCKET))).execute(() -> {});
    assertThat(blocking).hasSize(3);
    assertThat(asking).hasValue(LoginThreads.AGENT_THREADS);

    answer.countDown();
    await().until(() -> asking.get() == 3 * LoginThreads.AGENT_THREADS);
  }

  private Signer fileKey() throws Exception {
    return new KeyFiles()
        .load(TestKeys.file("ed25519", directory), Optional.empty())
        .signer()
        .orElseThrow();
  }
}
