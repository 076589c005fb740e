package culvert.it.odd;

import culvert.it.script.DataPort;
import culvert.it.script.ServerControl;
import culvert.it.script.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One control connection of an {@link OddFtpServer}, on a thread of its own. */
final class ServerSession implements Runnable {
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final int SILENCES = 5; // of the control connection's deadline each
  private static final String EVERYWHERE = "0.0.0.0";

  private final OddFtpServer server;
  private final ServerControl control;
  private final Manner manner;
  private @Nullable DataPort passive;
  private @Nullable String active; // host:port
  private @Nullable Wire early;
  private int offset;
  private boolean over;

  ServerSession(OddFtpServer server, ServerControl control, Manner manner) {
    this.server = server;
    this.control = control;
    this.manner = manner;
  }

  @Override
  public void run() {
    try (control) {
      server.watch(control.wire());
      answer(Manner.GREETING, "");
      while (!over) {
        String line = next();
        server.heard(line);
        // as lenient as vsftpd and proftpd: CRs at the end, and any white space behind the verb
        String[] words = line.replaceAll("\r+$", "").split("[ \t]", 2);
        answer(words[0].toUpperCase(Locale.ROOT), words.length > 1 ? words[1] : "");
      }
      server.ended("server");
    } catch (SocketTimeoutException silence) {
      server.ended("silence");
    } catch (IOException gone) {
      server.ended("client");
    } finally {
      closePassive();
    }
  }

  /** The next command, with more patience than clients have. */
  private String next() throws IOException {
    for (int silences = 1; silences < SILENCES; silences++) {
      try {
        return control.command();
      } catch (SocketTimeoutException silence) {
        // goes on
      }
    }
    return control.command();
  }

  OddFtpServer server() {
    return server;
  }

  /** Lines in one segment. */
  void reply(String... lines) throws IOException {
    control.reply(lines);
  }

  /** Bytes in one segment. */
  void say(String bytes) throws IOException {
    control.say(bytes);
  }

  /** Waits for the next command, out of turn. */
  String command() throws IOException {
    String line = control.command();
    server.heard(line);
    return line;
  }

  /** Ends the control connection when this command is done. */
  void end() {
    over = true;
  }

  /** Listens for data at every address, and says where: see {@link Manner#announce}. */
  void announce(String... lines) throws IOException {
    int port = listen();
    String six = DataPort.sixNumbers(server.address(), port);
    String zeros = NUMBER.matcher(six).replaceAll("0$0");
    String[] filled = new String[lines.length]; // the manner's own serve for other sessions, too
    for (int i = 0; i < lines.length; i++) {
      filled[i] =
          lines[i]
              .replace("{six}", six)
              .replace("{zeros}", zeros)
              .replace("{address}", server.address())
              .replace("{port}", Integer.toString(port));
    }
    reply(filled);
  }

  /** The data connection of the transfer that was asked for. */
  Wire data() throws IOException {
    if (early != null) {
      Wire data = early;
      early = null;
      return data;
    }
    if (active != null) {
      return connect();
    }
    if (passive == null) {
      throw new IOException("no data port");
    }
    Wire data = passive.accept();
    server.watch(data);
    closePassive();
    return data;
  }

  /** Connects to what PORT named, before any transfer. */
  void connectNow() throws IOException {
    early = connect();
  }

  private Wire connect() throws IOException {
    if (active == null) {
      throw new IOException("no PORT");
    }
    int colon = active.lastIndexOf(':');
    InetAddress address = InetAddress.getByName(active.substring(0, colon));
    return server.keep(
        new Wire(new Socket(address, Integer.parseInt(active.substring(colon + 1)))));
  }

  private int listen() throws IOException {
    closePassive();
    active = null;
    // everywhere, so that whoever comes past the tunnel is seen under whatever address
    passive = server.keep(new DataPort(EVERYWHERE));
    return passive.number();
  }

  private void closePassive() {
    if (passive != null) {
      try {
        passive.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      passive = null;
    }
  }

  private void answer(String verb, String argument) throws IOException {
    if (!List.of("REST", "RETR", "STOR", "APPE").contains(verb)) {
      offset = 0; // RFC 959: immediately followed by the transfer command
    }
    if (!manner.answers(this, verb, argument)) {
      plainly(verb, argument);
    }
  }

  /** As servers do that nobody complains about. */
  void plainly(String verb, String argument) throws IOException {
    switch (verb) {
      case Manner.GREETING -> reply("220 odd");
      case "USER" -> reply("331 password?");
      case "PASS" -> reply("230 in");
      case "REIN" -> reply("220 start again");
      case "SYST" -> reply("215 UNIX Type: L8");
      case "PWD" -> reply("257 \"/\" is it");
      case "CWD" -> reply("250 there");
      case "TYPE", "NOOP", "SITE", "MODE", "STRU" -> reply("200 ok");
      case "REST" -> {
        offset = Integer.parseInt(argument);
        reply("350 from there");
      }
      case "SIZE" -> size(argument);
      case "PASV" -> announce("227 Entering Passive Mode ({six})");
      case "EPSV" -> announce("229 Entering Extended Passive Mode (|||{port}|)");
      case "PORT" -> {
        active(argument);
        reply("200 will connect there");
      }
      case "ABOR" -> reply("226 nothing to abort");
      case "STAT", "HELP" -> reply("211 odd");
      case "LIST" -> send(server.list());
      case "NLST" -> send(server.list().replaceAll("(?m)^.* ", ""));
      case "RETR" -> retrieve(argument);
      case "STOR", "APPE" -> store(argument);
      case "QUIT" -> {
        reply("221 bye");
        end();
      }
      default -> reply("500 not implemented");
    }
  }

  private void active(String sixNumbers) {
    closePassive();
    String[] numbers = sixNumbers.split(",", -1);
    active =
        "%s.%s.%s.%s:%d"
            .formatted(
                numbers[0],
                numbers[1],
                numbers[2],
                numbers[3],
                Integer.parseInt(numbers[4]) * 256 + Integer.parseInt(numbers[5]));
  }

  private void size(String name) throws IOException {
    Optional<String> file = server.file(name);
    reply(file.map(content -> "213 " + content.length()).orElse("550 no such file"));
  }

  private void retrieve(String name) throws IOException {
    Optional<String> file = server.file(name);
    if (file.isEmpty()) {
      reply("550 no such file");
      return;
    }
    send(file.get().substring(offset));
    offset = 0;
  }

  private void send(String content) throws IOException {
    reply("150 here it comes");
    try (Wire data = data()) {
      data.write(content);
    } catch (SocketTimeoutException nobody) {
      reply("425 no data connection");
      return;
    } catch (IOException broken) {
      reply("426 data connection broken");
      return;
    }
    reply("226 done");
  }

  private void store(String name) throws IOException {
    reply("150 send it");
    try (Wire data = data()) {
      server.store(name, data.rest());
    } catch (SocketTimeoutException nobody) {
      reply("425 no data connection");
      return;
    } catch (IOException broken) {
      reply("426 data connection broken");
      return;
    }
    reply("226 done");
  }
}
