package culvert.it.channel;

import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.Socket;

/** A way between us and a peer: plain TCP, or a channel through some SSH server. */
interface Way extends AutoCloseable {

  /** Opens a channel with the recorder in its pipeline, and the socket at its far end. */
  Pair open(Recorder recorder) throws Exception;

  /** Breaks the way off: what the channel saw so far is a fragment. */
  void breakOff(Pair pair) throws Exception;

  @Override
  void close() throws IOException;

  record Pair(DuplexChannel channel, Socket peer) {}
}
