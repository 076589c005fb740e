package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.GreeterProcess;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import culvert.it.peers.FtpDialogue;
import java.util.List;
import java.util.Map;

/** FTP logins, eight at a time, at a server that lets everybody in at once. */
public final class Logins implements Measure {
  private static final int CLIENTS = 8;
  private static final int LOGINS_OF_EACH = 40;
  private static final int WARM_UPS = 3;

  private final Rig rig;
  private final Rounds rounds;

  public Logins(Rig rig, Rounds rounds) {
    this.rig = rig;
    this.rounds = rounds;
  }

  @Override
  public List<Row> rows() throws Exception {
    try (GreeterProcess server = GreeterProcess.start();
        Proxies proxies = rig.open()) {
      ProxyUnderTest culvert = proxies.culvert(proxies.tunnelTo(server.port()));
      ProxyUnderTest ssh = proxies.ssh();
      Map<String, List<Double>> found =
          rounds.of(
              "FTP logins",
              WARM_UPS,
              List.of(
                  new Contender<>(ssh.name(), () -> perSecond(ssh, server)),
                  new Contender<>(culvert.name(), () -> perSecond(culvert, server))));
      return List.of(
          Row.beside(
              "logins",
              "FTP logins per second, 8 at a time",
              new Samples(found.get(culvert.name())),
              ssh.name(),
              new Samples(found.get(ssh.name())),
              Comparison.RATIO));
    }
  }

  private static double perSecond(ProxyUnderTest proxy, GreeterProcess server) throws Exception {
    long start = System.nanoTime();
    AtOnce.run(CLIENTS, i -> () -> logins(proxy, server));
    return CLIENTS * LOGINS_OF_EACH * 1e9 / (System.nanoTime() - start);
  }

  private static int logins(ProxyUnderTest proxy, GreeterProcess server) throws Exception {
    for (int i = 0; i < LOGINS_OF_EACH; i++) {
      try (FtpDialogue ftp = ControlConnections.login(proxy, server.port())) {
        ftp.send("QUIT");
      }
    }
    return LOGINS_OF_EACH;
  }
}
