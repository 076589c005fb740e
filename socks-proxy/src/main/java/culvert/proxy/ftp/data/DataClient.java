package culvert.proxy.ftp.data;

import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.relay.Closing;
import culvert.ssh.PlainWords;
import io.netty.channel.socket.DuplexChannel;

/**
 * A client that has come, or was called, for data. Its story, and what its session hears of it, has
 * one end. Confined to its channel's loop, but for {@link #onLoop}.
 */
public final class DataClient {
  private final DataSession session;
  private final int request;
  private final Client client;
  private final ConnectionRecorder recorder;
  private boolean ended;

  DataClient(DataSession session, int request, Client client, ConnectionRecorder recorder) {
    this.session = session;
    this.request = request;
    this.client = client;
    this.recorder = recorder;
  }

  /** The number of what it came for; see {@link DataSession}. */
  int request() {
    return request;
  }

  Client client() {
    return client;
  }

  DuplexChannel channel() {
    return client.channel();
  }

  ConnectionRecorder recorder() {
    return recorder;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Later calls are ignored. */
  void end(EndReason reason, String detail) {
    if (!ended) {
      ended = true;
      session.ended(request, channel(), reason);
      recorder.ended(reason, detail);
    }
  }

  /** There is nothing for it. */
  void refuse(Refusal refusal, String detail) {
    end(EndReason.UPSTREAM_FAILED, detail);
    client.refuse(refusal);
  }

  /** A defect costs one data connection, and is heard of. */
  public void failed(Throwable defect) {
    DataDoor.failed(defect, "job", recorder.job());
    try {
      end(EndReason.INTERNAL_ERROR, PlainWords.of(defect));
    } finally {
      Closing.reset(channel());
    }
  }

  /**
   * Later. From any thread.
   *
   * @return false where the loop has ended, and has closed the channel
   */
  public boolean onLoop(Runnable task) {
    return client.home().postLater(task);
  }
}
