package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.proxy.handover.ExecDoor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code culvert run} runs. */
interface Daemon {

  /** Starts daemons. */
  @FunctionalInterface
  interface Starter {

    /**
     * Returns when every listener is bound.
     *
     * @throws Exception with a message for the user; nothing is left running then
     */
    Daemon start(CulvertConfig config) throws Exception;
  }

  /** What listens where, in the order of the configuration: {@code socks 127.0.0.1:1080}. */
  List<String> listeners();

  /**
   * Takes the configuration for new connections.
   *
   * @return the sections whose changes need a restart, and were not taken
   * @throws IOException with a message for the user; nothing has changed then
   */
  List<String> reload(CulvertConfig config) throws IOException;

  /** The configuration that was to be reloaded could not be: it shows that to who asks. */
  void reloadFailed();

  /** Has the files that it writes opened anew, for somebody has moved them away. */
  void reopen();

  /**
   * Lets commands of {@code culvert exec} in by a UNIX socket of that path.
   *
   * @throws IOException with a message for the user; everything else goes on
   */
  ExecDoor acceptCommands(Path socket) throws IOException;

  /** Takes no new connections, lets the others end within a deadline, and returns then. */
  void drain() throws InterruptedException;

  /** Breaks off what {@link #drain} waits for, and says so in the log. Does not wait itself. */
  void cut();
}
