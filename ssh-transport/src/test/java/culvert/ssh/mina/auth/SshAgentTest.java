package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class SshAgentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration IMPATIENCE = Duration.ofMillis(50);

  @TempDir Path directory;

  private FakeAgent agent(FakeAgent.Answer answer) throws IOException {
    return new FakeAgent(directory.resolve("s"), answer);
  }

  private static void assertProblem(FakeAgent fake, String message) {
    assertThatThrownBy(() -> new SshAgent(fake.socket()).identities(PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  private static byte[] blob(String name) throws Exception {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(TestKeys.publicKey(name));
    return buffer.getCompactData();
  }

  @Test
  void keysAreListedInTheAgentsOrder() throws Exception {
    byte[] rsa = blob("rsa");
    byte[] ed25519 = blob("ed25519");
    try (FakeAgent fake = agent(request -> FakeAgent.framed(FakeAgent.listing(rsa, ed25519)))) {
      assertThat(new SshAgent(fake.socket()).identities(PATIENCE))
          .containsExactly(
              new AgentMessages.Listed(new KeyBlob(rsa), "a comment"),
              new AgentMessages.Listed(new KeyBlob(ed25519), "a comment"));
      assertThat(fake.requests()).containsExactly(new byte[] {11});
    }
  }

  @Test
  void whoWaitedTooLongForItsTurnAsksNoMore() throws Exception {
    try (FakeAgent fake = agent(request -> null)) {
      AgentKey key =
          new AgentKey(new SshAgent(fake.socket()), new KeyBlob(blob("rsa")), "comment", PATIENCE);

      assertThatThrownBy(() -> key.sign(null, "rsa-sha2-512", new byte[] {1}, PATIENCE))
          .isInstanceOf(SshAgent.SilentException.class)
          .hasMessage("was busy with other logins for 20000 ms");
      assertThat(fake.requests()).isEmpty();
    }
  }

  @Test
  void aKeyThatIsNoneIsLeftOut() throws Exception {
    byte[] rsa = blob("rsa");
    try (FakeAgent fake =
        agent(request -> FakeAgent.framed(FakeAgent.listing(new byte[] {1, 2}, rsa)))) {
      assertThat(new SshAgent(fake.socket()).identities(PATIENCE))
          .containsExactly(new AgentMessages.Listed(new KeyBlob(rsa), "a comment"));
    }
  }

  @Test
  void aSignatureIsAskedForWithKeyDataAndFlags() throws Exception {
    KeyBlob key = new KeyBlob(blob("rsa"));
    byte[] signature = {0, 0, 0, 1, 'x', 0, 0, 0, 1, 7};
    ByteBuffer answer = ByteBuffer.allocate(5 + signature.length);
    answer.put((byte) 14).putInt(signature.length).put(signature);
    try (FakeAgent fake = agent(request -> FakeAgent.framed(answer.array()))) {
      assertThat(new SshAgent(fake.socket()).sign(key, new byte[] {9}, 4, PATIENCE))
          .isEqualTo(signature);

      WireReader request = new WireReader(fake.requests().get(0));
      assertThat(request.octet("type")).isEqualTo(13);
      assertThat(request.string("key")).isEqualTo(key.octets());
      assertThat(request.string("data")).containsExactly(9);
      assertThat(request.uint32("flags")).isEqualTo(4);
      request.end();
    }
  }

  @Test
  void anRsaSignatureWithSha1IsNotTaken() throws Exception {
    KeyBlob key = new KeyBlob(blob("rsa"));
    ByteArrayBuffer signature = new ByteArrayBuffer();
    signature.putString("ssh-rsa");
    signature.putBytes(new byte[256]);
    byte[] octets = signature.getCompactData();
    ByteBuffer answer = ByteBuffer.allocate(5 + octets.length);
    answer.put((byte) 14).putInt(octets.length).put(octets);
    try (FakeAgent fake = agent(request -> FakeAgent.framed(answer.array()))) {
      AgentKey agentKey = new AgentKey(new SshAgent(fake.socket()), key, "old", PATIENCE);
      Identity identity = new Identity("old", key, agentKey, false);

      assertThatThrownBy(() -> identity.sign(null, "rsa-sha2-512", new byte[] {1}, Duration.ZERO))
          .isInstanceOf(WrongSignatureException.class)
          .hasMessage("signed with ssh-rsa (expected: rsa-sha2-512)");
    }
  }

  @Test
  void malformedAnswersAreProblems() throws Exception {
    String wrong = "answered with ";
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(byte[] answer, String message) {}
    List<Case> cases =
        List.of(
            new Case(FakeAgent.framed((byte) 5), "refused"),
            new Case(
                FakeAgent.framed((byte) 6), "answered with message 6 (expected: the list of keys)"),
            new Case(new byte[0], "closed the connection instead of an answer"),
            new Case(new byte[] {0, 0}, "closed the connection instead of an answer"),
            new Case(new byte[] {0, 0, 0, 9, 12}, "closed the connection instead of an answer"),
            new Case(new byte[4], wrong + "0 octets (expected: 1..262144)"),
            new Case(
                new byte[] {-1, -1, -1, -1}, wrong + "4294967295 octets (expected: 1..262144)"),
            new Case(new byte[] {0, 4, 0, 1}, wrong + "262145 octets (expected: 1..262144)"),
            new Case(FakeAgent.framed((byte) 12), "is damaged: ends before the number of keys"),
            new Case(
                FakeAgent.framed((byte) 12, (byte) 0, (byte) 0, (byte) 8, (byte) 1),
                "is damaged: 2049 keys (expected: at most 2048)"),
            new Case(
                FakeAgent.framed((byte) 12, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1),
                "is damaged: 1 octets too many"));
    for (Case c : cases) {
      try (FakeAgent fake = new FakeAgent(directory.resolve("c" + c.hashCode()), r -> c.answer())) {
        assertProblem(fake, c.message());
      }
    }
  }

  @Test
  void nobodyWaitsLongerThanTheDeadlineAndNotAgainForAWhile() throws Exception {
    AtomicLong skipped = new AtomicLong();
    try (FakeAgent fake = agent(request -> null)) {
      SshAgent agent = new SshAgent(fake.socket(), () -> System.nanoTime() + skipped.get());

      assertThatThrownBy(() -> agent.identities(IMPATIENCE))
          .hasMessage("did not answer within 50 ms");
      assertThatThrownBy(() -> agent.identities(PATIENCE))
          .hasMessage("did not answer a moment ago");
      await().untilAsserted(() -> assertThat(fake.requests()).hasSize(1));

      skipped.set(Duration.ofSeconds(11).toNanos());
      assertThatThrownBy(() -> agent.identities(IMPATIENCE))
          .hasMessage("did not answer within 50 ms");
    }
  }

  @Test
  void anAgentThatTricklesIsHeldToTheSameDeadline() throws Exception {
    try (FakeAgent fake = agent(request -> null)) {
      AtomicLong clock = new AtomicLong();
      // the clock moves by 20 ms whenever it is looked at: nothing is really waited for
      SshAgent agent = new SshAgent(fake.socket(), () -> clock.addAndGet(20_000_000));

      assertThatThrownBy(() -> agent.sign(new KeyBlob(blob("rsa")), new byte[1], 0, IMPATIENCE))
          .isInstanceOf(SshAgent.SilentException.class);
    }
  }

  @Test
  void aMissingSocketAndOneThatIsNoneAreProblems() throws Exception {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> new SshAgent(missing).identities(PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No such file or directory");
    assertThatThrownBy(() -> new SshAgent(TestKeys.file("rsa", directory)).identities(PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection refused");
    Path tooLong = Path.of("/" + "x".repeat(200));
    assertThatThrownBy(() -> new SshAgent(tooLong).identities(PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("path too long");
  }

  @Test
  void anAgentThatTakesNoMoreConnectionsIsAProblemNotAHang() throws Exception {
    Path socket = directory.resolve("full");
    List<SocketChannel> queue = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      for (int i = 0; i < 2; i++) {
        queue.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }

      assertThatThrownBy(() -> new SshAgent(socket).identities(PATIENCE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("temporarily unavailable");
    } finally {
      for (SocketChannel channel : queue) {
        channel.close();
      }
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (FakeAgent fake = agent(request -> null)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> new SshAgent(fake.socket()).identities(PATIENCE))
          .isInstanceOf(IOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
