package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hundred thousand hosts, all hashed. */
@Timeout(120)
class LargeKnownHostsTest {
  private static final Logger log = LoggerFactory.getLogger(LargeKnownHostsTest.class);
  private static final int LINES = 100_000;

  @TempDir Path directory;

  private static String hashed(String name, Random random) throws Exception {
    byte[] salt = new byte[20];
    random.nextBytes(salt);
    Mac hmac = Mac.getInstance("HmacSHA1");
    hmac.init(new SecretKeySpec(salt, "HmacSHA1"));
    Base64.Encoder base64 = Base64.getEncoder();
    return "|1|"
        + base64.encodeToString(salt)
        + "|"
        + base64.encodeToString(hmac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void areReadAndSearchedWithinAnOrdinaryConnectTimeout() throws Exception {
    Random random = new Random(5);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(hashed("host" + i + ".example", random) + " " + Keys.text("ed25519"));
    }
    Path file = Files.write(directory.resolve("known_hosts"), lines);

    ThreadMXBean clock = ManagementFactory.getThreadMXBean(); // stands still while we are paused
    long started = clock.getCurrentThreadCpuTime();
    KnownHosts hosts = KnownHosts.load(List.of(file));
    long read = clock.getCurrentThreadCpuTime();
    KnownHost last = hosts.lookup("host" + (LINES - 1) + ".example", 2222);
    long searched = clock.getCurrentThreadCpuTime();
    log.info(
        "{} hashed lines: read in {} ms, searched in {} ms",
        LINES,
        (read - started) / 1_000_000,
        (searched - read) / 1_000_000);

    hosts.lookup("host" + (LINES - 1) + ".example", 2222);
    long again = clock.getCurrentThreadCpuTime() - searched;

    assertThat(Duration.ofNanos(again)).as("once more").isLessThan(Duration.ofMillis(100));
    assertThat(last.judge(Keys.ED25519, false)).isInstanceOf(HostKeyVerdict.Known.class);
    assertThat(last.withoutPort().keys()).containsExactly(new KnownKey(Keys.ED25519, file, LINES));
    assertThat(Duration.ofNanos(searched - started)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void takeNotMuchMoreMemoryThanTheirFile() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add("host" + i + ".example,192.0.2." + i + " " + Keys.text("ed25519"));
    }
    Path file = Files.write(directory.resolve("known_hosts"), lines);
    lines.clear();

    long before = usedMemory();
    KnownHosts hosts = KnownHosts.load(List.of(file));
    long held = usedMemory() - before;

    assertThat(hosts.lookup("host7.example", 22).keys()).hasSize(1);
    assertThat(held).isLessThan(2 * Files.size(file));
  }

  private static long usedMemory() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
