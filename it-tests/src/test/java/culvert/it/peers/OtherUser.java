package culvert.it.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Programs that run as the test account, or, to compare, as this process's user. */
public final class OtherUser {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final String ASK =
      """
      import socket, sys
      host, port = sys.argv[1].rsplit(':', 1)
      s = socket.create_connection((host.strip('[]'), int(port)), 30)
      s.sendall(b'\\5\\1\\0')
      assert s.recv(2) == b'\\5\\0'
      s.sendall(b'\\5\\1\\0\\1\\x7f\\0\\0\\1' + int(sys.argv[2]).to_bytes(2, 'big'))
      print(s.recv(10)[1])
      """;

  private OtherUser() {}

  /** curl, with the user amy and the password secret. */
  public static Run<Sha256> curl(boolean other, String proxy, String url) {
    return Run.digest(
        DEADLINE,
        as(
            other,
            CurlClient.PROGRAM.toString(),
            "--disable",
            "--silent",
            "--show-error",
            "--max-time",
            "50",
            "--socks5-hostname",
            proxy,
            "--user",
            "amy:secret",
            url));
  }

  /** The code that a CONNECT to a port of 127.0.0.1 is answered with; the program is python3. */
  public static String socksCode(boolean other, String proxy, int port) {
    Run<String> run =
        Run.text(
            DEADLINE,
            as(other, PythonFtp.PROGRAM.toString(), "-c", ASK, proxy, Integer.toString(port)));
    if (run.exitCode() != 0) {
      throw new AssertionError(run.errors());
    }
    return run.output().strip();
  }

  private static List<String> as(boolean other, String... command) {
    List<String> all = new ArrayList<>();
    if (other) {
      all.addAll(
          List.of(
              "setpriv",
              "--reuid=" + TestAccount.USER,
              "--regid=" + TestAccount.USER,
              "--clear-groups"));
    }
    all.addAll(List.of(command));
    return all;
  }
}
