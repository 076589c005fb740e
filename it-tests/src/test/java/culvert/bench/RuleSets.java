package culvert.bench;

import culvert.config.Action;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.Fallback;
import culvert.config.FtpOptions;
import culvert.config.FtpSettings;
import culvert.config.HostPattern;
import culvert.config.Limits;
import culvert.config.Location;
import culvert.config.Match;
import culvert.config.PortRange;
import culvert.config.Rule;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Rule sets of any size as an operator would write them, and requests to ask them. */
final class RuleSets {
  private static final FtpOptions FTP =
      new FtpOptions(List.of(new PortRange(21, 21)), FtpSettings.STANDARD);

  private RuleSets() {}

  /** Names, suffixes, globs with a known ending and networks of three lengths, in turn. */
  static CulvertConfig ofSize(int size) {
    return new CulvertConfig(
        List.of(),
        Map.of(),
        IntStream.range(0, size).mapToObj(RuleSets::rule).toList(),
        Action.DIRECT,
        FTP,
        true,
        new Limits(1, 0, 1, Duration.ofSeconds(10), 1, 1),
        Optional.empty(),
        Path.of("state"),
        Optional.empty(),
        Optional.empty(),
        Cidr.parse("198.19.0.0/16"),
        "",
        Optional.empty());
  }

  private static Rule rule(int i) {
    return new Rule(
        "rule-" + i,
        new Location("bench.yaml", i + 1, 1),
        match(i),
        Action.FTP_TUNNEL,
        CulvertConfig.DEFAULT_PROFILE,
        Optional.empty(),
        false,
        Fallback.NONE,
        FTP);
  }

  private static Match match(int i) {
    String bytes = (i / 250) % 250 + "." + i % 250;
    return switch (i % 6) {
      case 0 -> host("ftp" + i + ".example");
      case 1 -> host("*.site" + i + ".example");
      case 2 -> host("mf*.plant" + i + ".example");
      case 3 -> network("10." + bytes + ".0/24");
      case 4 -> network("10." + bytes + ".77");
      default -> network("172." + bytes + ".128/25");
    };
  }

  private static Match host(String glob) {
    return new Match(
        List.of(new HostPattern.Glob(glob)),
        List.of(),
        List.of(new PortRange(21, 21)),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static Match network(String cidr) {
    return new Match(
        List.of(),
        List.of(Cidr.parse(cidr)),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** Requests that match near the end of the set, and requests that match nothing. */
  static List<ConnectionRequest> requests(int size) {
    int last = size - size % 6 - 6;
    String bytes = ((last + 3) / 250) % 250 + "." + (last + 3) % 250;
    return List.of(
        request("ftp" + last + ".example", "192.0.2.1"),
        request("a.b.site" + (last + 1) + ".example", "192.0.2.1"),
        request("mf7.plant" + (last + 2) + ".example", "192.0.2.1"),
        request("10." + bytes + ".9", "10." + bytes + ".9"),
        request("unknown.elsewhere.example", "192.0.2.1"),
        request("192.0.2.1", "192.0.2.1"));
  }

  private static ConnectionRequest request(String host, String address) {
    try {
      return new ConnectionRequest(
          host,
          new DestinationAddress.Known(InetAddress.getByName(address)),
          21,
          InetAddress.getLoopbackAddress(),
          "socks");
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }
}
