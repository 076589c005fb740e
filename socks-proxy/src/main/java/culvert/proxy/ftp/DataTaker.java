package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;

/** Takes a client that came for an announced data connection, on the client's loop. */
@FunctionalInterface
public interface DataTaker {

  /** Connects the client to where the FTP server listens, answers it and relays. */
  void take(Client client, ConnectionRecorder recorder);
}
