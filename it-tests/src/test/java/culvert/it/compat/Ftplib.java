package culvert.it.compat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Python's ftplib. It sends ABOR as urgent data.
 *
 * @param socks empty: the sockets are PySocks'
 */
record Ftplib(Optional<Socksifier> socks) implements FtpClientProgram {

  @Override
  public String name() {
    return socks.map(way -> way.name("Python ftplib")).orElse("Python ftplib, PySocks");
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    return socks.equals(Optional.of(Socksifier.SOCKSIFY)) && !mode.isPassive()
        ? Optional.of(
            new Reason(
                "Python accepts with `accept4`, which Dante's library does not cover, so that the"
                    + " second reply to BIND is not read",
                true))
        : Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    run(site, mode, "upload", name, file);
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    run(site, mode, "download", name, file);
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    return run(site, mode, "list");
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    run(site, mode, "abort", large, small, smallFile);
  }

  private String run(Site site, Mode mode, Object... task) throws Exception {
    Path script = Path.of(Ftplib.class.getResource("ftplib_client.py").toURI());
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
    for (Object argument :
        List.of(
            socks.isPresent() ? "none" : site.socksPort(),
            site.host(),
            site.port(),
            site.user(),
            site.password(),
            site.folder(),
            mode.isPassive() ? "passive" : "active")) {
      command.add(argument.toString());
    }
    for (Object argument : task) {
      command.add(argument.toString());
    }
    return Session.run(
        site.work(), socks.isPresent() ? socks.get().around(site, command) : command);
  }
}
