package culvert.proxy.ftp.data;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import io.netty.util.concurrent.Future;

/** Takes a client that came for an announced data connection, on the client's loop. */
public interface DataTaker {

  /** Connects the client to where the FTP server listens, answers it and relays. */
  void take(Client client, ConnectionRecorder recorder);

  /**
   * Somebody has come, and it is being found out whether it is the client. Any thread may call.
   *
   * @param known completes when that is known, and {@link #take} was called if it is
   */
  default void arriving(Future<?> known) {}
}
