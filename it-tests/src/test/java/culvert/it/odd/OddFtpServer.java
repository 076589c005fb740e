package culvert.it.odd;

import culvert.it.peers.TestAccount;
import culvert.it.script.FakeServer;
import culvert.it.script.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * An FTP server that does all that clients want of it, and one thing or another in its own way. It
 * takes down who connects to it. File names have no directories here.
 */
final class OddFtpServer implements Closeable {
  private final String address;
  private final Manner manner;
  private final Supplier<List<ProcessHandle>> welcome;
  private final FakeServer listener;
  private final Map<String, String> files = new ConcurrentHashMap<>();
  private final Queue<Closeable> parts = new ConcurrentLinkedQueue<>();
  private final Queue<String> commands = new ConcurrentLinkedQueue<>();
  private final Queue<String> strangers = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> unknown = new ConcurrentLinkedQueue<>();
  private final Queue<String> ends = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sessions = new AtomicInteger();

  /**
   * Starts a server.
   *
   * @param welcome who may connect to it, with control connections and data connections alike
   */
  OddFtpServer(String address, int port, Manner manner, Supplier<List<ProcessHandle>> welcome)
      throws IOException {
    this.address = address;
    this.manner = manner;
    this.welcome = welcome;
    listener = new FakeServer(address, port);
    inThread(this::serve);
  }

  String address() {
    return address;
  }

  /** Puts a file there; each character is a byte. */
  OddFtpServer store(String name, String content) {
    files.put(lastOf(name), content);
    return this;
  }

  Optional<String> file(String name) {
    return Optional.ofNullable(files.get(lastOf(name)));
  }

  /** What {@code LIST} shows. */
  String list() {
    StringBuilder lines = new StringBuilder();
    files.forEach(
        (name, content) ->
            lines.append(
                "-rw-r--r-- 1 odd odd %d Jan 01 2020 %s\r\n".formatted(content.length(), name)));
    return lines.toString();
  }

  /** All commands, as they came, but for the account's password. */
  List<String> commands() {
    return commands.stream().map(line -> line.replace(TestAccount.password(), "****")).toList();
  }

  /** Who connected and should not have, {@code program: port}. */
  List<String> strangers() {
    return List.copyOf(strangers);
  }

  /** The ports of connections that were closed before it was known whose they were. */
  List<Integer> unknown() {
    return List.copyOf(unknown);
  }

  /** Who ended each session: {@code client}, {@code server}, or nobody for {@code silence}. */
  List<String> ends() {
    return List.copyOf(ends);
  }

  /** Whether there is no session. */
  boolean isIdle() {
    return ends.size() == sessions.get();
  }

  int sessions() {
    return sessions.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable part : parts) {
      part.close();
    }
  }

  void heard(String command) {
    commands.add(command);
  }

  void ended(String by) {
    ends.add(by);
  }

  <T extends Closeable> T keep(T part) {
    parts.add(part);
    return part;
  }

  /** Takes down whose connection it is. */
  void watch(Wire connection) throws IOException {
    keep(connection);
    int port = connection.here().getPort();
    List<ProcessHandle> expected = welcome.get();
    Optional<ProcessHandle> owner = SocketOwner.of(connection.there(), connection.here(), expected);
    if (owner.isEmpty()) {
      unknown.add(port);
    } else if (!expected.contains(owner.get())) {
      boolean ourselves = owner.get().equals(ProcessHandle.current());
      String program = ourselves ? "Culvert" : owner.get().info().command().orElse("somebody");
      strangers.add(program + " at port " + port);
    }
  }

  private void serve() {
    while (true) {
      try {
        ServerSession session = new ServerSession(this, listener.accept(), manner);
        sessions.incrementAndGet();
        inThread(session);
      } catch (SocketTimeoutException nobodyYet) {
        // goes on
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static String lastOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void inThread(Runnable task) {
    Thread thread = new Thread(task, "odd-server");
    thread.setDaemon(true);
    thread.start();
  }
}
