package culvert.it.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The descendants of BSD's {@code ftp}: without SOCKS, with their commands on standard input. */
record BsdFtp(String program, Socksifier socks) implements FtpClientProgram {
  private static final long SOME_BYTES = 200_000;

  @Override
  public String name() {
    return socks.name(program);
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    return task == Task.ABORT && socks == Socksifier.SOCKSIFY
        ? Optional.of(Socksifier.NO_SIGINT)
        : Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    run(site, mode, "put " + file + " " + name);
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    run(site, mode, "get " + name + " " + file);
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    return run(site, mode, "ls");
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    Path part = site.work().resolve(large);
    try (Session session = Session.start(site.work(), command(site, mode))) {
      session.say(commands(site, "get " + large + " " + part));
      session.awaitBytes(part, SOME_BYTES);
      session.interrupt();
      session.say(List.of("get " + small + " " + smallFile, "quit"));
      session.end();
    }
  }

  private String run(Site site, Mode mode, String command) throws Exception {
    List<String> commands = new ArrayList<>(commands(site, command));
    commands.add("quit");
    return Session.run(site.work(), command(site, mode), commands);
  }

  private List<String> command(Site site, Mode mode) throws IOException {
    return socks.around(site, List.of(program, "-n", "-v", mode.isPassive() ? "-p" : "-A"));
  }

  private static List<String> commands(Site site, String command) {
    return List.of(
        "open " + site.host() + " " + site.port(),
        "user " + site.user() + " " + site.password(),
        "binary",
        "cd " + site.folder(),
        command);
  }
}
