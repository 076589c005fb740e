package culvert.it.odd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a client is sent.
 *
 * @param socksPort of Culvert on 127.0.0.1, where the mode has SOCKS
 * @param host of the FTP server as the client knows it
 * @param epsv whether clients that have the choice ask with EPSV
 * @param pipelines whether clients that can do so send commands before they are answered
 * @param patience after so much time the client is ended, as a scheduler does with its jobs
 * @param work the client's own directory
 */
record Job(
    Mode mode,
    int socksPort,
    String host,
    int port,
    String user,
    String password,
    boolean epsv,
    boolean pipelines,
    Duration patience,
    Path work) {

  Job withEpsv(boolean wanted) {
    return new Job(mode, socksPort, host, port, user, password, wanted, pipelines, patience, work);
  }

  Job pipelining() {
    return new Job(mode, socksPort, host, port, user, password, epsv, true, patience, work);
  }

  Job withPassword(String other) {
    return new Job(mode, socksPort, host, port, user, other, epsv, pipelines, patience, work);
  }

  Job within(Duration time) {
    return new Job(mode, socksPort, host, port, user, password, epsv, pipelines, time, work);
  }

  /** The command line with an end to it. */
  List<String> bounded(List<String> command) {
    List<String> all = new ArrayList<>(List.of("timeout", Long.toString(patience.toSeconds())));
    all.addAll(command);
    return all;
  }

  /** A file of the client's. */
  Path file(String name) {
    return work.resolve(name);
  }

  String url(String path) {
    return "ftp://" + host + ":" + port + "/" + path;
  }

  /** Whether a client that knows SOCKS makes all its connections so. */
  boolean hasProxySetting() {
    return mode.isSocks() && mode != Mode.LISTENER;
  }

  /** The command line of a program that knows no SOCKS. */
  List<String> socksified(String... program) throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "HOME=" + work));
    if (mode.isSocks()) {
      List<String> lines = new ArrayList<>(List.of("strict_chain"));
      if (mode == Mode.LISTENER) {
        lines.add("localnet 127.0.0.1/255.255.255.255"); // where Culvert's own ports are
      }
      lines.addAll(List.of("[ProxyList]", "socks5 127.0.0.1 " + socksPort));
      Path configuration = Files.write(file("proxychains.conf"), lines);
      command.addAll(List.of("proxychains4", "-q", "-f", configuration.toString()));
    }
    command.addAll(List.of(program));
    return command;
  }
}
