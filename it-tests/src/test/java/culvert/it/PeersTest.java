package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import culvert.it.peers.RealServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.TestAbortedException;

class PeersTest {
  private static final ExtensionContext CONTEXT = mock();

  private final List<String> closed = new ArrayList<>();
  private final Peers peers = new Peers();

  @Test
  void theLastOneIsClosedFirstAndAFailureKeepsNoOtherOpen() throws Exception {
    peers
        .with(() -> peers.add(() -> closed.add("first")))
        .with(() -> peers.add(this::doesNotClose))
        .with(() -> peers.add(() -> closed.add("third")))
        .beforeEach(CONTEXT);
    peers.add(() -> closed.add("the test's"));

    assertThatThrownBy(() -> peers.afterEach(CONTEXT)).hasMessage("does not close");

    assertThat(closed).containsExactly("the test's", "third", "first");
    assertThat(peers.directory()).doesNotExist();
  }

  @Test
  void aStartThatFailsInTheMiddleLeavesNothingOpen() throws Exception {
    peers
        .with(() -> peers.add(() -> closed.add("first")))
        .with(this::doesNotStart)
        .with(() -> peers.add(() -> closed.add("third")));

    assertThatThrownBy(() -> peers.beforeEach(CONTEXT)).hasMessage("does not start");
    peers.afterEach(CONTEXT);

    assertThat(closed).containsExactly("first");
  }

  @Test
  void whatIsOpenedInATestOfManyIsClosedAtItsEnd() throws Exception {
    peers.with(() -> peers.add(() -> closed.add("for all"))).beforeAll(CONTEXT);
    peers.beforeEach(CONTEXT);
    peers.add(() -> closed.add("for one"));

    peers.afterEach(CONTEXT);
    assertThat(closed).containsExactly("for one");

    peers.afterAll(CONTEXT);
    assertThat(closed).containsExactly("for one", "for all");
  }

  @Test
  void aFailureKeepsTheLogsOfAllServers() throws Exception {
    peers.with(() -> peers.add(new Talker("one"))).beforeAll(CONTEXT);
    peers.beforeEach(CONTEXT);
    peers.add(new Talker("two"));
    AssertionError failure = new AssertionError("fails");

    assertThatThrownBy(() -> peers.handleTestExecutionException(CONTEXT, failure))
        .isSameAs(failure);

    assertThat(failure.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly(
            "the log of two on port 7 ends:\ntwo is ready",
            "the log of one on port 7 ends:\none is ready");
    peers.afterEach(CONTEXT);
    peers.afterAll(CONTEXT);
  }

  @Test
  void aTestThatIsSkippedNeedsNoLogs() throws Exception {
    peers.with(() -> peers.add(new Talker("one"))).beforeEach(CONTEXT);
    TestAbortedException skipped = new TestAbortedException();

    assertThatThrownBy(() -> peers.handleTestExecutionException(CONTEXT, skipped))
        .isSameAs(skipped)
        .hasNoSuppressedExceptions();
    peers.afterEach(CONTEXT);
  }

  /** JUnit asks an instance's field before all tests, where there is one instance for all. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class WhereOneInstanceServesAllTests {
    private int starts;
    @RegisterExtension final Peers shared = new Peers().with(() -> starts++);

    @RepeatedTest(2)
    void peersAreStartedOnce() {
      assertThat(starts).isEqualTo(1);
      assertThat(shared.directory()).isDirectory();
    }
  }

  private void doesNotStart() throws IOException {
    throw new IOException("does not start");
  }

  private void doesNotClose() throws IOException {
    throw new IOException("does not close");
  }

  private record Talker(String name) implements RealServer {
    @Override
    public int port() {
      return 7;
    }

    @Override
    public String log() {
      return name + " is ready\n";
    }

    @Override
    public void close() {}
  }
}
