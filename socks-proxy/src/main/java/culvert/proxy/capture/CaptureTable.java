package culvert.proxy.capture;

import culvert.config.CaptureConfig.OnCrash;
import culvert.config.CulvertConfig;
import culvert.config.RedirectPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table as somebody has it who does not run Culvert, but prepares it. Blocks.
 *
 * @param own the number of the user that Culvert runs as
 */
public record CaptureTable(CaptureHost host, long own) {

  /** What was made of a configuration, and what it names that is not there. */
  public record Planned(CapturePlan plan, List<CaptureScope.Missing> missing) {}

  /**
   * What would be loaded.
   *
   * @throws IllegalArgumentException if it cannot be, for what the configuration says
   */
  public Planned plan(CulvertConfig config) {
    CaptureScope.Found found = host.look(config.capture().orElseThrow(), own);
    return new Planned(CapturePlan.of(config, found.scope()), found.missing());
  }

  /**
   * Loads it, in place of what is there.
   *
   * @throws IllegalArgumentException it must not be, for what the configuration says
   * @throws IOException it could not be; what was there is as it was
   */
  public Planned apply(CulvertConfig config) throws IOException {
    if (config.capture().orElseThrow().onCrash() == OnCrash.OPEN) {
      throw new IllegalArgumentException(
          "capture: on-crash: open: the table is loaded by the running Culvert, and gone with it"
              + " (expected: culvert run, or on-crash: closed)");
    }
    List<String> open = new ClosedPorts(config, host).open();
    if (!open.isEmpty()) {
      throw new IllegalArgumentException("on-crash: closed, but " + open.get(0));
    }
    Planned planned = plan(config);
    SessionGuard.addRoutes(config.capture().get(), host);
    List<CaptureScope.Missing> missing = new ArrayList<>(planned.missing());
    for (String problem : new AnswerRoutes(host).begin(RedirectPorts.of(config.listeners()))) {
      missing.add(
          new CaptureScope.Missing(List.of(), "capture: " + AnswerRoutes.WITHOUT + problem));
    }
    Nft.require(host).load(planned.plan().commands());
    return new Planned(planned.plan(), missing);
  }

  /** Whether it is loaded as it would be now; empty: it is, and otherwise what is different. */
  public Optional<String> difference(CulvertConfig config) throws IOException {
    Optional<String> loaded = Nft.require(host).table();
    if (loaded.isEmpty()) {
      return Optional.of("table inet culvert is not loaded: nobody is captured");
    }
    if (!plan(config).plan().isIn(loaded.get())) {
      return Optional.of(
          "table inet culvert is not as this configuration has it now, or was made for another"
              + " user than "
              + own
              + " (expected: culvert capture --apply; or --run-as with the user that Culvert runs"
              + " as)");
    }
    Optional<String> route = SessionGuard.difference(config.capture().orElseThrow(), host);
    if (route.isPresent()) {
      return route;
    }
    return new AnswerRoutes(host)
        .look(RedirectPorts.of(config.listeners())).stream()
            .map(problem -> AnswerRoutes.WITHOUT + problem)
            .findFirst();
  }

  /**
   * Takes it away, and what guards sessions of other hosts, if they are not those of a Culvert that
   * runs.
   *
   * @return whether it was there
   */
  public boolean remove() throws IOException {
    Nft nft = Nft.require(host);
    boolean present = nft.table().isPresent();
    boolean runs = nft.table(NftSession.OWN).isPresent(); // a Culvert, whose sessions need the rest
    List<String> commands = new ArrayList<>();
    if (present) {
      commands.add("delete table " + CapturePlan.TABLE);
    }
    if (!runs) {
      commands.addAll(TableCommands.removed(AnswersTable.TABLE));
      commands.addAll(TableCommands.removed(SessionGuard.TABLE));
    }
    nft.load(commands);
    if (!runs) {
      new AnswerRoutes(host).end();
    }
    return present;
  }
}
