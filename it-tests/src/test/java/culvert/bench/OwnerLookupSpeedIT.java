package culvert.bench;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import culvert.it.AnyTransport;
import culvert.proxy.door.Arrival;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.ProcClientOwners;
import culvert.ssh.NettyTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How long it takes to tell who connects, among 2,000 processes. Absolute times are printed; what
 * is asserted compares with a walk through all processes on the same machine at the same time.
 */
@AnyTransport
class OwnerLookupSpeedIT {
  private static final int PROCESSES = 2_000;
  private static final int ROUNDS = 21;

  private final EventLoopGroup loops = NettyTransport.preferred().newGroup("owner-bench", 1);
  private final ExecutorService blocking = Executors.newFixedThreadPool(ProcClientOwners.THREADS);
  private final BlockingQueue<DuplexChannel> accepted = new LinkedBlockingQueue<>();
  private final List<Socket> sockets = new ArrayList<>();
  private InetSocketAddress server;
  private Process eldest; // connects for every line that it reads
  private Process processes;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "Linux");
    server =
        (InetSocketAddress)
            new ServerBootstrap()
                .group(loops)
                .channelFactory(() -> NettyTransport.preferred().newServerSocketChannel())
                .childHandler(
                    new ChannelInitializer<>() {
                      @Override
                      protected void initChannel(Channel channel) {
                        accepted.add((DuplexChannel) channel);
                      }
                    })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel()
                .localAddress();
    startProcesses();
    while (processes.children().anyMatch(child -> child.pid() < eldest.pid())) {
      stopProcesses(); // the kernel began to count from the bottom again
      startProcesses();
    }
  }

  /** A walk goes by process numbers, the highest first, so that it comes to the eldest last. */
  private void startProcesses() throws IOException {
    String connect = "while read -r line; do exec 3<>/dev/tcp/127.0.0.1/%d; done";
    eldest = new ProcessBuilder("/bin/bash", "-c", connect.formatted(server.getPort())).start();
    processes =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "i=0; while [ $i -lt " + PROCESSES + " ]; do sleep 300 & i=$((i+1)); done; wait")
            .start();
    await().atMost(60, SECONDS).until(() -> processes.children().count() >= PROCESSES);
  }

  private void stopProcesses() throws InterruptedException {
    List<ProcessHandle> children = processes.children().toList();
    processes.destroyForcibly().waitFor();
    children.forEach(ProcessHandle::destroyForcibly);
    eldest.destroyForcibly().waitFor();
  }

  @AfterEach
  void stop() throws Exception {
    if (processes != null) {
      stopProcesses();
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    loops.shutdownGracefully(0, 5, SECONDS).sync();
    blocking.shutdownNow();
  }

  @Test
  void aProgramIsFoundWithoutWalkingThroughAllProcesses() throws Exception {
    ClientOwners owners = newOwners();
    lookUp(owners, ClientOwners::applications, "java");
    LongSummaryStatistics walk = new LongSummaryStatistics();
    LongSummaryStatistics known = new LongSummaryStatistics();
    LongSummaryStatistics newborn = new LongSummaryStatistics();
    LongSummaryStatistics user = new LongSummaryStatistics();
    // In turns and the best of each: whatever else the machine does meets all of them.
    for (int i = 0; i < ROUNDS; i++) {
      walk.accept(lookUpEldest(newOwners()));
      known.accept(lookUp(owners, ClientOwners::applications, "java"));
      newborn.accept(lookUpNewborn(owners));
      user.accept(lookUp(owners, ClientOwners::users, "0"));
    }
    for (int i = 0; i < 2_000; i++) {
      connect();
    }
    LongSummaryStatistics amongSockets = new LongSummaryStatistics();
    for (int i = 0; i < ROUNDS; i++) {
      amongSockets.accept(lookUp(owners, ClientOwners::users, "0"));
    }

    System.out.printf(
        "owner lookup among %,d processes: whole walk %.1f ms; a program seen before %.1f ms, a new"
            + " process %.1f ms; the user alone %.1f ms, among 4,000 sockets %.1f ms%n",
        PROCESSES,
        bestMillis(walk),
        bestMillis(known),
        bestMillis(newborn),
        bestMillis(user),
        bestMillis(amongSockets));
    // All three read the sockets and list the processes first: on a quiet machine half of the walk.
    assertThat(known.getMin()).isLessThan(walk.getMin());
    assertThat(newborn.getMin()).isLessThan(walk.getMin());
  }

  private ClientOwners newOwners() {
    return ProcClientOwners.create(blocking);
  }

  private static double bestMillis(LongSummaryStatistics nanos) {
    return nanos.getMin() / 1e6;
  }

  private DuplexChannel connect() throws Exception {
    sockets.add(new Socket(server.getAddress(), server.getPort()));
    return arrived();
  }

  private DuplexChannel arrived() throws InterruptedException {
    DuplexChannel channel = accepted.poll(30, SECONDS);
    assertThat(channel).isNotNull();
    return channel;
  }

  private long lookUp(
      ClientOwners owners,
      BiFunction<ClientOwners, Arrival, Future<Set<String>>> question,
      String expected)
      throws Exception {
    return ask(connect(), owners, question, expected);
  }

  private static long ask(
      DuplexChannel channel,
      ClientOwners owners,
      BiFunction<ClientOwners, Arrival, Future<Set<String>>> question,
      String expected)
      throws Exception {
    long start = System.nanoTime();
    Set<String> names =
        channel
            .eventLoop()
            .submit(() -> question.apply(owners, Arrival.at(channel)))
            .get()
            .get(30, SECONDS);
    long nanos = System.nanoTime() - start;
    assertThat(names).contains(expected);
    return nanos;
  }

  private long lookUpEldest(ClientOwners owners) throws Exception {
    eldest.outputWriter().write("connect\n");
    eldest.outputWriter().flush();
    return ask(arrived(), owners, ClientOwners::applications, "bash");
  }

  /** A job is mostly a process of its own, which connects as soon as it runs. */
  private long lookUpNewborn(ClientOwners owners) throws Exception {
    Process job =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "exec 3<>/dev/tcp/127.0.0.1/" + server.getPort() + "; read -r line <&3")
            .start();
    try {
      return ask(arrived(), owners, ClientOwners::applications, "bash");
    } finally {
      job.destroyForcibly().waitFor();
    }
  }
}
