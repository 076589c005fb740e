package culvert.proxy.cli;

import culvert.config.ConfigResult.Loaded;
import culvert.proxy.ProxyDaemon;
import culvert.proxy.check.PlaintextWay;
import culvert.proxy.check.PlaintextWays;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of a start: which program, which configuration, what it lets happen. */
final class StartLog {
  private static final Logger LOG = LoggerFactory.getLogger(StartLog.class);

  private StartLog() {}

  /**
   * @param file the configuration's
   */
  static void starting(String file) {
    LOG.atInfo()
        .addKeyValue("version", ProxyDaemon.version().orElse("unknown"))
        .addKeyValue("java", System.getProperty("java.version"))
        .addKeyValue("file", file)
        .log("starting");
  }

  /** Everything is bound. */
  static void listening(List<String> listeners) {
    LOG.atInfo().addKeyValue("listeners", listeners).log("listening");
  }

  /** Which rules let FTP go in plaintext, and why; of a reload too. */
  static void plaintext(Loaded loaded) {
    Map<String, List<String>> whyByRule = new LinkedHashMap<>();
    for (PlaintextWay way : PlaintextWays.of(loaded)) {
      whyByRule.computeIfAbsent(way.rule(), rule -> new ArrayList<>()).add(way.why());
    }
    if (whyByRule.isEmpty()) {
      LOG.info("no rule lets FTP go in plaintext");
      return;
    }
    List<String> rules = new ArrayList<>();
    whyByRule.forEach((rule, why) -> rules.add(rule + " (" + String.join(", ", why) + ")"));
    LOG.atInfo()
        .addKeyValue("rules", rules)
        .log("FTP may go in plaintext; what forbids it: culvert check --audit");
  }
}
