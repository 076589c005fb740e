package culvert.proxy.ftp.active;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.BindClient;
import culvert.proxy.door.MockAttributes;
import culvert.proxy.door.Refusal;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BindTableTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");
  private static final Optional<String> NOBODY = Optional.empty();

  private final ClientOwners owners = mock(ClientOwners.class);
  private final BindTable table = new BindTable(owners, Duration.ofSeconds(60));
  private final EmbeddedChannel events = new EmbeddedChannel();
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final List<String> answers = new ArrayList<>();
  private InetAddress own = HERE;

  BindTableTest() {
    when(owners.socket(any())).thenReturn(owned(1000));
    MockAttributes.giveTo(channel);
    when(channel.eventLoop()).thenReturn(events.eventLoop());
    when(channel.closeFuture()).thenReturn(events.closeFuture());
    when(channel.isActive()).thenReturn(true);
  }

  @AfterEach
  void clientGoes() {
    events.finishAndReleaseAll();
  }

  private final class Client implements BindClient {
    private final Optional<String> user;

    Client(Optional<String> user) {
      this.user = user;
    }

    @Override
    public Arrival arrival() {
      return new Arrival(
          channel,
          new InetSocketAddress(HERE, 40_000),
          new InetSocketAddress(own, 1080),
          Optional.empty());
    }

    @Override
    public Optional<String> user() {
      return user;
    }

    @Override
    public String listener() {
      return "socks";
    }

    @Override
    public void accept(InetSocketAddress peer) {
      answers.add("accepted " + peer.getPort());
    }

    @Override
    public void refuse(Refusal refusal) {
      answers.add("refused " + refusal);
    }
  }

  private static Future<SocketOwner> owned(long uid) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(new SocketOwner.Known(uid, uid));
  }

  private BindTable.Session open(InetAddress client, Optional<String> user) {
    return table.open(client, user, owned(1000));
  }

  private static Optional<BindTable.Waiting> claim(
      BindTable.Session session, InetSocketAddress port) {
    return session.claim(port, ImmediateEventExecutor.INSTANCE).getNow();
  }

  private InetSocketAddress bind() {
    return table.bind(new Client(NOBODY)).orElseThrow();
  }

  @Test
  void withoutASessionNobodyWaits() {
    assertThat(table.bind(new Client(NOBODY))).isEmpty();
    open(HERE, NOBODY).close();
    assertThat(table.bind(new Client(NOBODY))).isEmpty();
    open(HERE, Optional.of("amy"));
    assertThat(table.bind(new Client(NOBODY))).isEmpty();
    assertThat(table.bind(new Client(Optional.of("amy")))).isPresent();
  }

  @Test
  void aPortThatCannotBeReservedLeavesNoSocketBehind() throws Exception {
    assumeThat(OPEN_FILES).isDirectory();
    open(HERE, NOBODY);
    own = InetAddress.getByName("192.0.2.1"); // nobody's
    assertThat(table.bind(new Client(NOBODY))).isEmpty();
    long before = sockets();

    for (int i = 0; i < 10; i++) {
      assertThat(table.bind(new Client(NOBODY))).isEmpty();
    }

    assertThat(sockets()).isEqualTo(before);
  }

  private static long sockets() throws IOException {
    try (Stream<Path> files = Files.list(OPEN_FILES)) {
      return files.filter(BindTableTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void thePortIsReservedAndNobodyListensThere() throws Exception {
    open(HERE, NOBODY);
    InetSocketAddress reserved = bind();

    assertThat(reserved.getAddress()).isEqualTo(HERE);
    assertThatThrownBy(() -> new Socket(HERE, reserved.getPort()))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> new ServerSocket(reserved.getPort(), 1, HERE))
        .hasMessageContaining("in use");
    assertThat(bind()).isNotEqualTo(reserved);

    events.close();
    new ServerSocket(reserved.getPort(), 1, HERE).close();
  }

  @Test
  void thePortNamesTheClientOnceAndOnlyToItsOwnSession() throws Exception {
    BindTable.Session session = open(HERE, NOBODY);
    BindTable.Session ofAmy = open(HERE, Optional.of("amy"));
    BindTable.Session ofAnother = open(InetAddress.getByName("127.0.0.9"), NOBODY);
    InetSocketAddress reserved = bind();

    assertThat(claim(ofAmy, reserved)).isEmpty();
    assertThat(claim(ofAnother, reserved)).isEmpty();
    assertThat(claim(session, new InetSocketAddress("127.0.0.2", reserved.getPort()))).isEmpty();
    assertThat(claim(session, reserved)).isPresent();
    assertThat(claim(session, reserved)).isEmpty();
  }

  @Test
  void theSessionOfAnotherLocalUserDoesNotFindIt() {
    open(HERE, NOBODY);
    InetSocketAddress reserved = bind();

    assertThat(claim(table.open(HERE, NOBODY, owned(0)), reserved)).isEmpty();
    Future<SocketOwner> unknown =
        ImmediateEventExecutor.INSTANCE.newSucceededFuture(new SocketOwner.Unknown());
    assertThat(claim(table.open(HERE, NOBODY, unknown), reserved)).isPresent();
  }

  @Test
  void isAnsweredOnce() {
    BindTable.Waiting waiting = claim(open(HERE, NOBODY), bindBesideAnother()).orElseThrow();
    waiting.accept(new InetSocketAddress(HERE, 20));
    waiting.refuse(Refusal.GENERAL_FAILURE);
    events.runPendingTasks();

    assertThat(answers).containsExactly("accepted 20");
  }

  private InetSocketAddress bindBesideAnother() {
    open(HERE, NOBODY);
    return bind();
  }

  @Test
  void theEndOfTheLastSessionEndsTheWait() {
    BindTable.Session one = open(HERE, NOBODY);
    BindTable.Session another = open(HERE, NOBODY);
    bind();
    one.close();
    one.close();
    events.runPendingTasks();
    assertThat(answers).isEmpty();

    another.close();
    events.runPendingTasks();
    assertThat(answers).containsExactly("refused GENERAL_FAILURE");
  }

  @Test
  void nobodyWaitsForever() {
    open(HERE, NOBODY);
    bind();
    events.advanceTimeBy(61, TimeUnit.SECONDS);
    events.runScheduledPendingTasks();
    events.runPendingTasks();

    assertThat(answers).containsExactly("refused TIMED_OUT");
  }

  @Test
  void whoWasNamedByAPortWaitsForItsTransfer() {
    BindTable.Session session = open(HERE, NOBODY);
    claim(session, bind());
    events.advanceTimeBy(61, TimeUnit.SECONDS);
    events.runScheduledPendingTasks();
    events.runPendingTasks();

    assertThat(answers).isEmpty();
  }

  @Test
  void whoHangsUpIsForgotten() {
    BindTable.Session session = open(HERE, NOBODY);
    InetSocketAddress reserved = bind();
    events.close();

    assertThat(claim(session, reserved)).isEmpty();
  }

  @Test
  void whoHasHungUpBeforeIsForgottenToo() throws Exception {
    BindTable.Session session = open(HERE, NOBODY);
    events.close();
    InetSocketAddress reserved = bind();

    assertThat(claim(session, reserved)).isEmpty();
    new ServerSocket(reserved.getPort(), 1, HERE).close();
  }

  @Test
  void aUserWhoIsStillBeingLookedUpIsWaitedFor() {
    Promise<SocketOwner> lookup = ImmediateEventExecutor.INSTANCE.newPromise();
    BindTable.Session session = table.open(HERE, NOBODY, lookup);
    Promise<SocketOwner> bindLookup = ImmediateEventExecutor.INSTANCE.newPromise();
    when(owners.socket(any())).thenReturn(bindLookup);
    InetSocketAddress reserved = bind();
    var claimed = session.claim(reserved, ImmediateEventExecutor.INSTANCE);

    lookup.setSuccess(new SocketOwner.Known(0, 7));
    assertThat(claimed.isDone()).isFalse();
    bindLookup.setSuccess(new SocketOwner.Known(1000, 8));
    assertThat(claimed.getNow()).isEmpty();
    assertThat(claim(open(HERE, NOBODY), reserved)).isPresent();
  }

  @Test
  void aSessionThatEndsMeanwhileFindsNobody() {
    Promise<SocketOwner> lookup = ImmediateEventExecutor.INSTANCE.newPromise();
    BindTable.Session session = table.open(HERE, NOBODY, lookup);
    var claimed = session.claim(bindBesideAnother(), ImmediateEventExecutor.INSTANCE);
    session.close();
    lookup.setSuccess(new SocketOwner.Known(1000, 7));

    assertThat(claimed.getNow()).isEmpty();
  }
}
