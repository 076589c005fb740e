package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What a running Culvert has loaded, and the commands that load it.
 *
 * @param listeners those that are bound
 * @param present whether there is a table: with {@code closed} others load and remove it
 * @param captured whether there was one since the start, and so sessions by it
 */
record Loaded(
    CulvertConfig config,
    List<ListenerConfig> listeners,
    CaptureRules rules,
    boolean present,
    boolean captured) {

  static boolean isOpen(CulvertConfig config) {
    return config.capture().map(CaptureConfig::onCrash).filter(OnCrash.OPEN::equals).isPresent();
  }

  boolean isOpen() {
    return isOpen(config);
  }

  List<Cidr> forwarded() {
    return rules.since().forwarded();
  }

  /** The table; one that is our own begins anew: what is there under its name is nobody's. */
  List<String> whole(CapturedWays ways) {
    List<String> commands = new ArrayList<>();
    if (isOpen()) {
      commands.addAll(TableCommands.removed(CapturePlan.TABLE));
    }
    commands.addAll(inPlace(ways));
    return commands;
  }

  /** The table in place of what is there. */
  List<String> inPlace(CapturedWays ways) {
    List<String> commands = new ArrayList<>(rules.plan().commands());
    commands.addAll(ways.all());
    return commands;
  }

  /** What sessions need, whether the table is there or not. */
  List<String> ofSessions(CapturedWays ways) {
    List<String> commands = new ArrayList<>(rules.ofData().commands());
    commands.addAll(ways.all());
    commands.addAll(SessionGuard.commands(rules.since(), captured));
    return commands;
  }
}
