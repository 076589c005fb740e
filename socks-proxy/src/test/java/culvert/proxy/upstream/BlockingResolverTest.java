package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BlockingResolverTest {
  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final List<String> lookedUp = new ArrayList<>();
  private final BlockingResolver resolver = new BlockingResolver(pool::add, this::lookUp);

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    lookedUp.add(host);
    if (host.startsWith("unknown")) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.getByAddress(host, new byte[] {10, 0, 0, 1})};
  }

  @Test
  void aLiteralIsItselfAndNeedsNoThread() {
    assertThat(resolve("192.0.2.1").getNow()).hasToString("[/192.0.2.1]");
    assertThat(resolve("2001:db8::1").getNow()).hasToString("[/2001:db8:0:0:0:0:0:1]");
    assertThat(pool).isEmpty();
  }

  @Test
  void whoeverAsksForANameThatIsBeingLookedUpSharesTheAnswer() {
    Future<List<InetAddress>> first = resolve("ftp.example");
    Future<List<InetAddress>> second = resolve("FTP.Example");
    assertThat(first.isDone()).isFalse();
    pool.remove().run();
    assertThat(lookedUp).containsExactly("ftp.example");
    assertThat(first.getNow()).isEqualTo(second.getNow()).hasSize(1);

    resolve("ftp.example");
    pool.remove().run();
    assertThat(lookedUp).hasSize(2);
  }

  @Test
  void anUnknownNameFailsAndIsAskedAgain() {
    Future<List<InetAddress>> resolved = resolve("unknown.example");
    pool.remove().run();
    assertThat(resolved.cause()).isInstanceOf(UnknownHostException.class);
    resolve("unknown.example");
    assertThat(pool).hasSize(1);
  }

  @Test
  void aPoolWithoutRoomFailsTheName() {
    BlockingResolver full =
        new BlockingResolver(
            task -> {
              throw new RejectedExecutionException("full");
            },
            this::lookUp);
    Future<List<InetAddress>> resolved =
        full.resolve("ftp.example", ImmediateEventExecutor.INSTANCE);
    assertThat(resolved.cause())
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("too many");
  }

  private Future<List<InetAddress>> resolve(String host) {
    return resolver.resolve(host, ImmediateEventExecutor.INSTANCE);
  }
}
