package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A hundred thousand hosts; what is done for them is told by the log. */
@Timeout(240)
class LargeKnownHostsTest {
  private static final int LINES = 100_000;

  @TempDir Path directory;
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(KnownHosts.class);
  private final @Nullable Level before = logger.getLevel();

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(said);
    logger.setLevel(before);
  }

  private List<String> tried() {
    return said.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains(" tried "))
        .toList();
  }

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
  void hashedOnesAreTriedOnceForEachNameThatIsAskedFor() throws Exception {
    Random random = new Random(5);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(hashed("host" + i + ".example", random) + " " + Keys.text("ed25519"));
    }
    Path file = Files.write(directory.resolve("known_hosts"), lines);
    KnownHosts hosts = KnownHosts.load(List.of(file));
    assertThat(tried()).as("before anybody asks").isEmpty();

    KnownHost last = hosts.lookup("host" + (LINES - 1) + ".example", 2222);

    assertThat(last.judge(Keys.ED25519, false)).isInstanceOf(HostKeyVerdict.Known.class);
    assertThat(last.withoutPort().keys()).containsExactly(new KnownKey(Keys.ED25519, file, LINES));
    String all = file + ": tried " + LINES + " lines for ";
    assertThat(tried())
        .containsExactly(all + "[host99999.example]:2222", all + "host99999.example");
    hosts.lookup("host" + (LINES - 1) + ".example", 2222);
    hosts.lookup("host" + (LINES - 1) + ".example", 22);
    assertThat(tried()).as("once more").hasSize(2);
  }

  private Path plain() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add("host" + i + ".example,192.0.2." + i + " " + Keys.text("ed25519"));
    }
    return Files.write(directory.resolve("known_hosts"), lines);
  }

  @Test
  void plainOnesAreFoundWithoutTryingAny() throws Exception {
    KnownHosts hosts = KnownHosts.load(List.of(plain()));

    assertThat(hosts.lookup("host7.example", 22).keys()).hasSize(1);
    assertThat(hosts.lookup("192.0.2.99999", 22).keys()).hasSize(1);
    assertThat(tried()).isEmpty();
  }

  @Test
  void takeNotMuchMoreMemoryThanTheirFile() throws Exception {
    Path file = plain();

    KnownHosts hosts = KnownHosts.load(List.of(file));

    assertThat(hosts.lookup("host7.example", 22).keys()).hasSize(1);
    assertThat(Retained.octets(hosts)).isBetween(Files.size(file), 2 * Files.size(file));
  }
}
