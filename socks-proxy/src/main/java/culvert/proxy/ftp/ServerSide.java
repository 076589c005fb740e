package culvert.proxy.ftp;

import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.ftp.core.ReplySplitter;
import culvert.proxy.ftp.core.ShownReplies;
import culvert.proxy.upstream.Refusals;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A session's upstream control connection, with everything that belongs to it alone: one login that
 * fails and the next one each have their own. What the server says is told in order, and waits
 * while the session holds it up (see {@code holdUntil}). Confined to the session's loop.
 */
final class ServerSide implements UpstreamEnd.Listener {

  /** The session. */
  interface Listener {
    void replied(ReplyLine line);

    /** Bytes that nobody is to understand; see {@link #becomeOpaque}. */
    void relayed(byte[] bytes);

    /** The server's EOF, behind everything that it has said. */
    void serverEnded();

    /** The server is there no more. */
    void serverLost(String why);

    /** The server may take more, or has been read. */
    void serverReady();

    /** Something went wrong that nobody but Culvert is to blame for. */
    void defect(Throwable cause);
  }

  private final UpstreamEnd end;
  private final Upstream upstream;
  private final DataModes data;
  private final String host;
  private final Listener session;
  private final ReplySplitter lines = new ReplySplitter();
  private final ShownReplies shown = new ShownReplies();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private Runnable unwatch = () -> {};
  private int holds;
  private boolean opaque;
  private boolean dropped;

  /**
   * @param host the FTP server, for messages
   */
  ServerSide(
      DuplexChannel control, Upstream upstream, DataModes data, String host, Listener session) {
    this.end = UpstreamEnd.of(control);
    this.upstream = upstream;
    this.data = data;
    this.host = host;
    this.session = session;
  }

  /** Tells what has happened so far, and from now on at once. */
  void listen() {
    end.listen(this);
    if (!dropped) {
      upstream.tunnel().map(Upstream.Tunnelled::ended).ifPresent(this::watch);
    }
  }

  private void watch(Future<SshException> ended) {
    FutureListener<SshException> watch = this::sshSessionEnded;
    ended.addListener(watch);
    unwatch = () -> ended.removeListener(watch);
  }

  /** Whether the way to the server is a tunnel. */
  boolean tunnelled() {
    return upstream.isTunnelled();
  }

  /** What cuts the server's bytes. */
  ReplySplitter lines() {
    return lines;
  }

  /** Whether it is not used any more. */
  boolean isDropped() {
    return dropped;
  }

  DataModes data() {
    return data;
  }

  /** Whether a client's commands need not wait. */
  boolean writable() {
    return end.writable();
  }

  /** Whether everything was told that has come, and nothing is on its way for certain. */
  boolean isHeard() {
    return holds == 0 && waiting.isEmpty() && !lines.isWithinLine();
  }

  /** Asks for one batch, unless one is under way or some of the last one still waits. */
  void read() {
    if (waiting.isEmpty()) {
      end.read();
    }
  }

  /** Takes the bytes over, and wipes them when they are written. */
  void write(byte[] bytes) {
    if (!opaque) {
      shown.sent(bytes);
    }
    SecretWrite.to(end.channel(), bytes);
  }

  /** Behind everything that was written. */
  void shutdownOutput() {
    DuplexChannel control = end.channel();
    control.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> control.shutdownOutput());
  }

  /** What a log may print of it: nothing that could echo a password. Asked once for each line. */
  Object shown(ReplyLine line) {
    return shown.shown(line);
  }

  /** Bytes are told as they come from now on. */
  void becomeOpaque() {
    opaque = true;
  }

  /** Nothing is told until that is done, and then everything that came meanwhile. */
  void holdUntil(Future<?> done) {
    holds++;
    done.addListener(d -> end.post(listener -> released()));
  }

  private void released() {
    holds--;
    proceed();
    if (!dropped) {
      session.serverReady();
    }
  }

  /**
   * Closes the control connection and gives the way to it back; nothing more is told.
   *
   * @return whether the passive ports are held until they are closed
   */
  boolean drop() {
    dropped = true;
    waiting.clear();
    boolean holding = data.passive().stop();
    data.active().close();
    end.detach();
    end.channel().close();
    unwatch.run();
    upstream.release();
    return holding;
  }

  @Override
  public void received(byte[] bytes) {
    data.events().catchUp(); // what led to a reply comes before it
    if (opaque) {
      tellRest();
      tell(() -> session.relayed(bytes));
      return;
    }
    for (ReplyLine line : lines.feed(bytes)) {
      tell(() -> session.replied(line));
    }
    if (lines.broken()) {
      String why = "FTP server: reply line longer than " + ReplySplitter.MAX_LINE + " bytes";
      tell(() -> session.serverLost(why));
    }
  }

  /** What stands behind the last whole line is nobody's to lose. */
  private void tellRest() {
    lines.end().ifPresent(rest -> tell(() -> session.replied(rest)));
  }

  @Override
  public void inputEnded() {
    tellRest();
    tell(session::serverEnded);
    session.serverReady(); // where the rest has refused the login, the client goes on
  }

  @Override
  public void broke(@Nullable Throwable cause) {
    String why = cause == null ? "connection closed" : PlainWords.of(cause);
    String detail = cause instanceof SshException ? why : "FTP server " + host + ": " + why;
    tell(() -> session.serverLost(detail));
  }

  @Override
  public void writabilityChanged() {
    session.serverReady();
  }

  @Override
  public void defect(Throwable cause) {
    session.defect(cause);
  }

  private void sshSessionEnded(Future<SshException> ended) {
    SshException why = ended.getNow();
    if (Refusals.isDefect(why)) {
      end.post(listener -> session.defect(why));
    } else {
      end.post(listener -> session.serverLost(PlainWords.of(why)));
    }
  }

  private void tell(Runnable event) {
    waiting.add(event);
    proceed();
  }

  private void proceed() {
    while (holds == 0 && !dropped && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }
}
