package culvert.bench;

import culvert.it.channel.SshEnd;
import culvert.it.channel.SshServers;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The data path of one SSH channel, to a process of sshd and from there to a peer that neither
 * allocates nor thinks. An operation is a MiB: operations per second are MiB/s, and what the
 * profiler {@code gc} says is for each MiB.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ChannelBenchmark {
  private static final int MIB = 1 << 20;
  private static final int MIB_OF_CALL = 64;

  /** A channel, and the thread of its peer. */
  private static final class Line implements AutoCloseable {
    final SshEnd ssh;
    final DuplexChannel channel;
    final Socket peer;

    Line(ChannelHandler handler) throws Exception {
      ssh =
          new SshEnd(
              NettyTransport.preferred(),
              SshServers.openSsh("Ciphers aes128-gcm@openssh.com", "LogLevel INFO"),
              "64GiB");
      try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        channel =
            ssh.session()
                .openDirectTcpip(
                    new TunnelTarget("127.0.0.1", target.getLocalPort()),
                    new Originator("127.0.0.1", 1),
                    ssh.callerLoop(),
                    handler)
                .get(30, TimeUnit.SECONDS);
        peer = target.accept();
      }
    }

    @Override
    public void close() throws IOException {
      peer.close();
      channel.close().awaitUninterruptibly(10, TimeUnit.SECONDS);
      ssh.close();
    }
  }

  /** A peer that sends. */
  @State(Scope.Benchmark)
  public static class Receiving {
    private final ReceivedBytes received = new ReceivedBytes();
    private Line line;

    @Setup
    public void open() throws Exception {
      line = new Line(received);
      PeerThread.sendTo(line.peer);
      line.channel.config().setAutoRead(true);
    }

    @TearDown
    public void close() throws Exception {
      line.close();
    }
  }

  /** A peer that receives. */
  @State(Scope.Benchmark)
  public static class Sending {
    private final SentBytes sent = new SentBytes();
    private Line line;

    @Setup
    public void open() throws Exception {
      line = new Line(sent);
      PeerThread.receiveFrom(line.peer);
    }

    @TearDown
    public void close() throws Exception {
      line.close();
      sent.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(MIB_OF_CALL)
  public void receive(Receiving receiving) throws InterruptedException {
    receiving.received.await((long) MIB_OF_CALL * MIB);
  }

  @Benchmark
  @OperationsPerInvocation(MIB_OF_CALL)
  public void send(Sending sending) throws InterruptedException {
    sending.sent.send(sending.line.channel, (long) MIB_OF_CALL * MIB);
  }
}
