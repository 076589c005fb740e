package culvert.it.peers;

import java.io.IOException;

/** A real FTP server on 127.0.0.1 that lets the test account in; sessions start in its home. */
public interface RealFtpServer extends AutoCloseable {

  /** The program's name as its users say it. */
  String name();

  int port();

  /** Ends the listener and every session with SIGKILL. */
  @Override
  void close() throws IOException;
}
