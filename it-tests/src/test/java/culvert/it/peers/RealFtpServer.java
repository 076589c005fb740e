package culvert.it.peers;

import java.io.IOException;
import java.util.List;

/** A real FTP server on 127.0.0.1 that lets the test account in; sessions start in its home. */
public interface RealFtpServer extends AutoCloseable {

  /** The program's name as its users say it. */
  String name();

  int port();

  /** The processes of all control connections. */
  List<ProcessHandle> sessionProcesses();

  /** Those of them that go on after SIGSTOP and SIGCONT as if nothing had been. */
  default List<ProcessHandle> stoppableProcesses() {
    return sessionProcesses();
  }

  /** Ends the listener and every session with SIGKILL. */
  @Override
  void close() throws IOException;
}
