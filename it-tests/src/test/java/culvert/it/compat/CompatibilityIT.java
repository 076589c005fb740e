package culvert.it.compat;

import static org.junit.jupiter.api.Assertions.fail;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every client with every server, in both modes, doing every task. The table is printed at the end
 * and kept as the first part of {@link CompatibilityPage}.
 */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@AnyTransport
class CompatibilityIT {
  private static final int AT_ONCE = 3;
  private static final int DEADLINE_MINUTES = 10;

  private final Map<Cell, Outcome> outcomes = new LinkedHashMap<>();
  private ExecutorService threads;
  private Rig rig;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    threads = Executors.newFixedThreadPool(AT_ONCE);
    rig = Rig.start(directory);
  }

  @TestFactory
  Stream<DynamicTest> everyCellPassesOrCannotWorkForAReason() {
    Map<Cell, Future<Outcome>> running = new LinkedHashMap<>();
    for (ServerPair server : rig.servers()) {
      for (FtpClientProgram client : Clients.THROUGH_SOCKS) {
        for (Mode mode : Mode.values()) {
          for (Task task : Task.values()) {
            Cell cell = new Cell(client, server, mode, task);
            running.put(cell, threads.submit(() -> rig.attempt(cell)));
          }
        }
      }
    }
    return running.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey().toString(), () -> check(entry.getKey(), entry.getValue())));
  }

  @AfterAll
  void keepTheTable() throws Exception {
    threads.shutdownNow();
    if (rig == null) {
      return; // its start has failed, and says so itself
    }
    rig.close();
    String table = new CompatibilityTable(outcomes).markdown();
    System.out.println(table);
    CompatibilityPage.keepSocks(table);
  }

  private void check(Cell cell, Future<Outcome> running) throws Exception {
    Outcome outcome = running.get(DEADLINE_MINUTES, TimeUnit.MINUTES);
    outcomes.put(cell, outcome);
    if (outcome instanceof Outcome.Failed failed) {
      fail(cell + "\n" + failed.what());
    }
  }
}
