package culvert.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.CommandSplitter;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.ftp.core.ReplySplitter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to read lines of an FTP dialogue, and to answer PASV in the server's place. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FtpLinesBenchmark {
  private static final byte[] COMMAND = line("RETR incoming/2026/orders-0001.csv");
  private static final byte[] REPLY = line("150 Opening BINARY mode data connection (4096 bytes).");
  private static final byte[] PASSIVE = line("227 Entering Passive Mode (192,0,2,17,195,80).");

  private final CommandSplitter commands = new CommandSplitter();
  private final ReplySplitter replies = new ReplySplitter();
  private Inet4Address ours;

  private static byte[] line(String text) {
    return (text + "\r\n").getBytes(US_ASCII);
  }

  @Setup
  public void findAddress() {
    ours = (Inet4Address) InetAddress.getLoopbackAddress();
  }

  @Benchmark
  public List<ClientInput> command() {
    return commands.feed(COMMAND);
  }

  @Benchmark
  public List<ReplyLine> reply() {
    return replies.feed(REPLY);
  }

  @Benchmark
  public byte[] passiveReply() {
    ReplyLine line = replies.feed(PASSIVE).get(0);
    String text = new String(line.raw(), US_ASCII);
    PassiveReply announced = PassiveReply.parse(line.code(), text).orElseThrow();
    return PassiveReply.encode227(ours, announced.port());
  }
}
