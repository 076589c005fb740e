package culvert.it.peers;

import java.io.IOException;

/** The process of a real server on the loopback, with a directory and a log of its own. */
public interface RealServer extends AutoCloseable {

  /** The program's name as its users say it. */
  String name();

  int port();

  /** What it has logged by now, or has printed where it has no log. */
  String log() throws IOException;

  /** Ends the listener and every session with SIGKILL. */
  @Override
  void close() throws IOException;
}
