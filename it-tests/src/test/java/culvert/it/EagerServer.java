package culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An FTP server with one file, active mode only, that connects to a client's port as soon as it is
 * told it, or never. It says of every transfer that it has succeeded.
 */
final class EagerServer implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("PORT \\d+,\\d+,\\d+,\\d+,(\\d+),(\\d+)");
  private static final Pattern EPRT = Pattern.compile("EPRT \\|1\\|[^|]*\\|(\\d+)\\|");
  private static final int DEADLINE_MILLIS = 60_000;

  private final boolean connects;
  private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final List<String> commands = Collections.synchronizedList(new ArrayList<>());
  private volatile byte[] file = {};

  private EagerServer(boolean connects) throws IOException {
    this.connects = connects;
  }

  static EagerServer start() throws IOException {
    return new EagerServer(true).serving();
  }

  static EagerServer thatNeverConnects() throws IOException {
    return new EagerServer(false).serving();
  }

  private EagerServer serving() {
    daemon(this::acceptAll);
    return this;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Everything that was asked so far. */
  List<String> commands() {
    synchronized (commands) {
      return List.copyOf(commands);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "eager-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptAll() {
    try {
      while (true) {
        Socket control = listener.accept();
        daemon(() -> serve(control));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket control) {
    try (control;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(control.getInputStream(), ISO_8859_1))) {
      control.setSoTimeout(DEADLINE_MILLIS);
      new Session(control.getOutputStream()).serve(lines);
    } catch (IOException e) {
      // The client is gone, as the test sees.
    }
  }

  private final class Session {
    private final OutputStream out;
    private @Nullable Socket data;

    Session(OutputStream out) {
      this.out = out;
    }

    void serve(BufferedReader lines) throws IOException {
      say("220 eager");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        commands.add(line);
        answer(line);
      }
    }

    private void answer(String line) throws IOException {
      switch (line.split(" ", 2)[0].toUpperCase(Locale.ROOT)) {
        case "USER" -> say("331 password?");
        case "PASS" -> say("230 in");
        case "PWD" -> say("257 \"/\"");
        case "TYPE", "NOOP" -> say("200 ok");
        case "PORT", "EPRT" -> {
          connect(line);
          say("200 ok");
        }
        case "STOR" -> {
          say("150 send it");
          receive();
          say("226 stored");
        }
        case "RETR", "LIST", "NLST" -> {
          say("150 here it comes");
          send();
          say("226 sent");
        }
        case "QUIT" -> say("221 bye");
        default -> say("502 no");
      }
    }

    private void connect(String line) throws IOException {
      if (connects) {
        data = new Socket(InetAddress.getLoopbackAddress(), portOf(line));
        data.setSoTimeout(DEADLINE_MILLIS);
      }
    }

    private void receive() throws IOException {
      try (Socket from = data) {
        file = from == null ? new byte[0] : from.getInputStream().readAllBytes();
      }
    }

    private void send() throws IOException {
      try (Socket to = data) {
        if (to != null) {
          to.getOutputStream().write(file);
        }
      }
    }

    private void say(String reply) throws IOException {
      out.write((reply + "\r\n").getBytes(ISO_8859_1));
    }
  }

  private static int portOf(String line) {
    Matcher port = PORT.matcher(line);
    if (port.matches()) {
      return Integer.parseInt(port.group(1)) * 256 + Integer.parseInt(port.group(2));
    }
    Matcher eprt = EPRT.matcher(line);
    if (!eprt.matches()) {
      throw new IllegalArgumentException(line + " (expected: PORT or EPRT)");
    }
    return Integer.parseInt(eprt.group(1));
  }
}
