package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.it.AnyTransport;
import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.RealPeers;
import culvert.proxy.capture.CapturePlan;
import culvert.proxy.capture.CaptureScope;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** Plans of configurations at random, which the kernel takes, each in place of the one before. */
@RealPeers
@AnyTransport
class CapturePlanIT {
  private static final int PLANS = 60;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void theKernelTakesEveryPlanInPlaceOfEveryOther() throws Exception {
    try (NetworkNamespace network = NetworkNamespace.create()) {
      for (int i = 0; i < PLANS; i++) {
        String yaml = yaml();
        CapturePlan plan = CapturePlan.of(config(yaml), scope());

        network.nft(plan.text());

        assertThat(plan.isIn(network.does("nft", "list", "table", "inet", "culvert")))
            .as("seed %d: %s%n%s", seed, yaml, plan)
            .isTrue();
      }
      network.does("nft", "delete", "table", "inet", "culvert");
    }
  }

  @Test
  void nftChecksWhatIsPrinted() throws Exception {
    try (NetworkNamespace network = NetworkNamespace.create()) {
      Path file = Files.createTempFile("culvert-plan", ".nft");
      try {
        for (int i = 0; i < PLANS; i++) {
          CapturePlan plan = CapturePlan.of(config(yaml().replace("closed", "open")), scope());
          Files.writeString(file, plan.text());
          network.does("nft", "-c", "-f", file.toString());
        }
      } finally {
        Files.delete(file);
      }
    }
  }

  private static CulvertConfig config(String yaml) {
    return new ConfigLoader(Environment.ofProcess()).loadString(yaml, "random").orThrow();
  }

  private String yaml() {
    StringJoiner yaml = new StringJoiner("\n");
    int families = random.nextInt(3);
    yaml.add("listeners:");
    if (families != 1) {
      yaml.add("  - redirect: " + (random.nextBoolean() ? "127.0.0.1" : "0.0.0.0") + ":218");
    }
    if (families != 2) {
      yaml.add("  - { redirect: '[" + (random.nextBoolean() ? "::1" : "::") + "]:219' }");
    }
    yaml.add("  - { redirect: 127.0.0.1:2180, transparent: true }");
    yaml.add("  - { redirect: '[::1]:2181', transparent: true }");
    yaml.add("audit: off").add("rules:");
    for (int i = random.nextInt(4); i >= 0; i--) {
      yaml.add("  - { match: { port: " + ports() + " }, action: " + action() + " }");
    }
    yaml.add("ftp: { ports: " + ports() + " }").add("capture:");
    boolean nobodyElse = random.nextInt(4) == 0;
    if (!nobodyElse) {
      yaml.add(random.nextInt(4) == 0 ? "  everybody: true" : "  users: [1001]");
    }
    yaml.add("  forwarded: " + (nobodyElse || random.nextBoolean() ? forwarded() : List.of()));
    yaml.add("  local: " + random.nextBoolean()).add("  on-crash: closed");
    yaml.add("  destinations: " + destinations());
    return yaml.toString();
  }

  private String action() {
    return List.of("ftp-tunnel", "block", "direct").get(random.nextInt(3));
  }

  private List<String> ports() {
    List<String> ports = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      int first = 1 + random.nextInt(65_535);
      int last = Math.min(65_535, first + random.nextInt(5_000));
      ports.add(random.nextBoolean() ? "" + first : first + "-" + last);
    }
    return ports;
  }

  /** At least one. */
  private List<String> forwarded() {
    List<String> all =
        List.of("0.0.0.0/0", "10.1.0.0/16", "10.1.2.0/24", "'2001:db8::/32'", "'::1'");
    List<String> some = all.stream().filter(network -> random.nextInt(3) == 0).toList();
    return some.isEmpty() ? List.of("192.0.2.0/24") : some;
  }

  private List<String> destinations() {
    List<String> all =
        List.of(
            "0.0.0.0/0",
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.3",
            "'::/0'",
            "'2001:db8::/32'",
            "'2001:db8::1'",
            "'::ffff:10.0.0.0/104'",
            "mf1.example");
    return all.stream().filter(d -> random.nextInt(3) == 0).toList();
  }

  private CaptureScope scope() throws UnknownHostException {
    Set<InetAddress> addresses = new HashSet<>();
    for (String address : List.of("10.1.2.3", "192.0.2.1", "2001:db8::1", "fe80::1%1")) {
      if (random.nextBoolean()) {
        addresses.add(InetAddress.getByName(address));
      }
    }
    return new CaptureScope(998, some(), some(), List.of(), addresses, true);
  }

  private Set<Long> some() {
    Set<Long> some = new HashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(random.nextInt(10) == 0 ? 4_294_967_294L : random.nextInt(100_000));
    }
    some.remove(998L);
    return some;
  }
}
