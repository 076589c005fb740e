package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;

/** Takes a client that came for an announced data connection, on the client's loop. */
public interface DataTaker {

  /**
   * Connects the client, answers it and relays.
   *
   * @param serverPort where the FTP server listens
   */
  void take(Client client, ConnectionRecorder recorder, int serverPort);
}
