package culvert.it.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keeps what servers have said in a failure's stack trace: their directories go with the test. */
public final class ServerLogs {
  private static final int LINES = 150;

  private ServerLogs() {}

  /** Adds the end of a server's log to a failure. */
  public static void keep(Throwable failure, RealServer server) {
    failure.addSuppressed(new Log(server.name() + " on port " + server.port(), end(server)));
  }

  /** Something that starts a process and waits until it serves. */
  interface Start {
    void run() throws IOException;
  }

  /** Starts a server; one that does not come up is closed, and its log kept in the failure. */
  static <S extends RealServer> S started(S server, Start start) throws IOException {
    try {
      start.run();
      return server;
    } catch (IOException | RuntimeException | Error e) {
      keep(e, server);
      try (server) {
        throw e;
      }
    }
  }

  /** The whole content of a log; empty where there is none yet. */
  static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
  }

  private static String end(RealServer server) {
    try {
      List<String> lines = server.log().lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** No failure of its own: it stands below the one that it belongs to. */
  private static final class Log extends Exception {
    private static final long serialVersionUID = 1;

    Log(String server, String text) {
      super("the log of " + server + " ends:\n" + text, null, false, false);
    }
  }
}
