package culvert.it.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** lftp, which has no SOCKS of its own. It breaks off by ending a job in the background. */
record Lftp(Socksifier socks) implements FtpClientProgram {
  private static final long SOME_BYTES = 200_000;

  @Override
  public String name() {
    return socks.name("lftp");
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    return task == Task.ABORT && !mode.isPassive() && server.equals("pure-ftpd")
        ? Optional.of(
            new Reason(
                "lftp takes the `226` of pure-ftpd's answer to ABOR for the answer to its next"
                    + " command, without Culvert too, and that is `PROT P` here",
                false))
        : Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    run(site, mode, "put " + file + " -o " + name);
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    run(site, mode, "get " + name + " -o " + file);
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    return run(site, mode, "ls");
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    Path part = site.work().resolve(large);
    try (Session session = Session.start(site.work(), program(site))) {
      session.say(commands(site, mode, "get " + large + " -o " + part + " &"));
      session.awaitBytes(part, SOME_BYTES);
      session.say(List.of("kill all", "get " + small + " -o " + smallFile));
      session.end();
    }
  }

  private String run(Site site, Mode mode, String command) throws Exception {
    return Session.run(site.work(), program(site), commands(site, mode, command));
  }

  private List<String> program(Site site) throws IOException {
    return socks.around(site, List.of("lftp", "--norc"));
  }

  private static List<String> commands(Site site, Mode mode, String command) {
    return new ArrayList<>(
        List.of(
            "set cmd:fail-exit yes",
            "set net:max-retries 3",
            "set net:reconnect-interval-base 1",
            "set net:timeout 10",
            "set ftp:passive-mode " + (mode.isPassive() ? "yes" : "no"),
            "set ftp:auto-passive-mode no",
            "open -u "
                + site.user()
                + ","
                + site.password()
                + " -p "
                + site.port()
                + " "
                + site.hostInUrl(),
            "cd " + site.folder(),
            command));
  }
}
