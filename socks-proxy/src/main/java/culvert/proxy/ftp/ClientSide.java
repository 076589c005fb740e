package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.relay.Closing;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's client: what it has sent and nobody has taken yet, and what it is told. Nothing more
 * is read from it while the conversation does not take what there is. Confined to the session's
 * loop.
 */
final class ClientSide implements ClientEnd.Listener {
  private static final Logger log = LoggerFactory.getLogger(ClientSide.class);

  private final Client client;
  private final DuplexChannel channel;
  private final ConnectionRecorder recorder;
  private final boolean mayBeData;
  private final FtpSession session;
  private final ClientEnd end;
  private final CommandQueue commands = new CommandQueue();
  private boolean accepted;
  private boolean understood; // a command has come
  private boolean eof;

  /**
   * @param mayBeData whether this may be a data connection that nobody has recognised: a client
   *     must not take our words for a part of its file
   */
  ClientSide(Client client, boolean mayBeData, ConnectionRecorder recorder, FtpSession session) {
    this.client = client;
    this.channel = client.channel();
    this.mayBeData = mayBeData;
    this.recorder = recorder;
    this.session = session;
    this.end = new ClientEnd(channel, this);
  }

  /** Watches the client from now on. */
  void install() {
    end.install();
  }

  /** It is logged in at the server, as far as can be seen. */
  void served() {
    client.served();
  }

  boolean isAccepted() {
    return accepted;
  }

  /** Whether it may take what it is told for a file: it has not shown yet that it speaks FTP. */
  boolean mayExpectFile() {
    return mayBeData && !understood;
  }

  /** Tells the client that it is connected. Idempotent. */
  void accept() {
    if (!accepted) {
      accepted = true;
      client.accept();
    }
  }

  /** Tells the client that it is not connected. */
  void refuse(Refusal refusal) {
    accepted = true; // has been answered
    client.refuse(refusal);
  }

  /** Whether it takes what it is told. */
  boolean writable() {
    return channel.isWritable();
  }

  boolean isGone() {
    return !channel.isActive();
  }

  /** Tells the client something, with the next {@link #flush}. */
  void tell(byte[] bytes) {
    if (channel.isActive()) {
      recorder.toClient(bytes.length);
      end.write(bytes);
    }
  }

  void flush() {
    end.flush();
  }

  /** What has come so far is for nobody: it may hold passwords. */
  void forgetCommands() {
    commands.wipe();
  }

  /** Behind everything that it was told, as an end in order. */
  void finish(Duration farewell) {
    end.flush();
    Closing.finish(channel, farewell);
  }

  void reset() {
    Closing.reset(channel);
  }

  /** See {@link Client#moveTo}; nothing of what the client sends is missed. */
  void moveTo(EventLoop loop, Runnable then) {
    client.moveTo(
        loop,
        () -> {
          end.moved();
          then.run();
        });
  }

  /** Takes what has come from the client as far as the conversation does, and asks for more. */
  void takeAndRead() {
    takeAll();
    if (!commands.isEmpty()) {
      session.word().keepsWaiting(commands.peek());
      takeAll();
    }
    if (eof) {
      session.word().clientEnds();
      if (commands.isEmpty()) {
        session.word().clientEnded();
      }
    }
    Conversation word = session.word();
    boolean more = commands.isEmpty() && word.listens();
    if (accepted && !eof && (more || (word.listensBeyond() && commands.mayWait()))) {
      end.read();
    }
  }

  private void takeAll() {
    while (!commands.isEmpty() && session.word().takes(commands.peek())) {
      take(commands.take());
    }
  }

  private void take(ClientInput input) {
    if (input instanceof Command command) {
      understood |= !command.malformed();
      log.atDebug().addKeyValue("job", recorder.job()).log("client: {}", command);
      session.word().take(command, !commands.isEmpty());
    } else if (input == ClientInput.Violation.NOT_FTP) {
      session.breakOff(EndReason.REFUSED, "the client does not speak FTP");
    } else {
      String what = input == ClientInput.Violation.NUL ? "NUL byte" : "command too long";
      session.hangUp(500, "culvert: " + what, EndReason.REFUSED, what);
    }
  }

  @Override
  public void sent(byte[] bytes) {
    session.guarded(
        () -> {
          if (!session.word().understands()) {
            session.word().clientBytes(bytes);
          } else if (!session.hasEnded() && !commands.add(bytes)) {
            String limit = "more than " + CommandQueue.MAX_WAITING + " commands at once";
            session.hangUp(
                421, "culvert: " + limit, EndReason.REFUSED, "too many commands at once");
          }
        });
  }

  @Override
  public void readComplete() {
    session.pump();
  }

  @Override
  public void clientEnded() {
    eof = true;
    session.pump();
  }

  @Override
  public void clientGone(String detail) {
    session.guarded(() -> session.word().clientGone(detail));
    session.pump();
  }

  @Override
  public void clientWritabilityChanged() {
    session.pump();
  }

  @Override
  public void defect(Throwable cause) {
    session.defect(cause);
  }
}
