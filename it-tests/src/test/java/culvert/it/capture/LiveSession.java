package culvert.it.capture;

import culvert.it.peers.TestAccount;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An FTP session of a client that is not told of Culvert, and does one thing after the other. */
final class LiveSession implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  private LiveSession(Process process) {
    this.process = process;
    in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Logs in.
   *
   * @param as the words of setpriv(1) for the user and group that it runs as
   */
  static LiveSession open(CaptureHosts hosts, String... as) throws Exception {
    return open(hosts, List.of(), as);
  }

  /**
   * The same.
   *
   * @param within a command that runs another one
   */
  static LiveSession open(CaptureHosts hosts, List<String> within, String... as) throws Exception {
    List<String> command = new ArrayList<>(within);
    command.add("setpriv");
    command.addAll(List.of(as));
    command.addAll(
        List.of(
            "--clear-groups",
            "/usr/bin/python3",
            hosts.program("session.py").toString(),
            CaptureHosts.SERVER,
            TestAccount.USER,
            TestAccount.password()));
    LiveSession session =
        new LiveSession(
            new ProcessBuilder(hosts.clients().command(command)).redirectErrorStream(true).start());
    String welcome = session.answer();
    if (!welcome.startsWith("230 ")) {
      session.close();
      throw new AssertionError("login: " + welcome);
    }
    return session;
  }

  /** Has it do something, and returns what becomes of that. */
  String ask(String line) throws Exception {
    in.write(line + "\n");
    in.flush();
    return answer();
  }

  private String answer() throws Exception {
    String line = CompletableFuture.supplyAsync(this::line).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("the client has ended");
    }
    return line;
  }

  private String line() {
    try {
      return out.readLine();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
