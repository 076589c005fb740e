package culvert.it.peers;

import java.util.List;

/** A real FTP server on 127.0.0.1 that lets the test account in; sessions start in its home. */
public interface RealFtpServer extends RealServer {

  /** The processes of all control connections. */
  List<ProcessHandle> sessionProcesses();

  /** Those of them that go on after SIGSTOP and SIGCONT as if nothing had been. */
  default List<ProcessHandle> stoppableProcesses() {
    return sessionProcesses();
  }
}
