package culvert.it.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** ncftp, which has no SOCKS of its own, with its commands on standard input. */
record Ncftp(Socksifier socks) implements FtpClientProgram {
  private static final long SOME_BYTES = 200_000;

  @Override
  public String name() {
    return socks.name("ncftp");
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    if (task == Task.ABORT && socks == Socksifier.SOCKSIFY) {
      return Optional.of(Socksifier.NO_SIGINT);
    }
    return !mode.isPassive() && socks == Socksifier.PROXYCHAINS
        ? Optional.of(Mode.sourceIsChecked(task))
        : Optional.empty();
  }

  @Override
  public boolean knowsIpv6() {
    return false;
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    run(site, mode, "put -z " + file + " " + name);
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    run(site, mode, "get -z " + name + " " + file);
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    return run(site, mode, "ls -l");
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    Path part = site.work().resolve(large);
    try (Session session = Session.start(site.work(), program(site))) {
      session.say(commands(site, mode, "get -z " + large + " " + part));
      session.awaitBytes(part, SOME_BYTES);
      session.interrupt();
      session.say(List.of("get -z " + small + " " + smallFile, "quit"));
      session.end();
    }
  }

  private String run(Site site, Mode mode, String command) throws Exception {
    return Session.run(site.work(), program(site), commands(site, mode, command));
  }

  private List<String> program(Site site) throws IOException {
    // its preferences are below $HOME
    return socks.around(site, List.of("env", "HOME=" + site.work(), "ncftp"));
  }

  private static List<String> commands(Site site, Mode mode, String command) {
    return List.of(
        "set confirm-close no",
        "set auto-resume no",
        "set passive " + (mode.isPassive() ? "on" : "off"),
        "open -u "
            + site.user()
            + " -p "
            + site.password()
            + " -P "
            + site.port()
            + " ftp://"
            + site.host(),
        "cd " + site.folder(),
        command);
  }
}
