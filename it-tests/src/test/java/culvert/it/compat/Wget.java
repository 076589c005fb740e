package culvert.it.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** GNU wget, which has no SOCKS of its own. */
record Wget(Socksifier socks) implements FtpClientProgram {
  private static final long SOME_BYTES = 200_000;

  @Override
  public String name() {
    return socks.name("wget");
  }

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    return task == Task.UPLOAD
        ? Optional.of(new Reason("wget only downloads", false))
        : Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) {
    throw new UnsupportedOperationException(name());
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    Session.run(site.work(), command(site, mode, name, file));
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    return Session.run(site.work(), command(site, mode, "", Path.of("-")));
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    Path part = site.work().resolve(large);
    try (Session session = Session.start(site.work(), command(site, mode, large, part))) {
      session.awaitBytes(part, SOME_BYTES);
      session.interrupt();
      session.exitCode();
    }
    download(site, mode, small, smallFile);
  }

  private List<String> command(Site site, Mode mode, String name, Path file) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "wget",
                "--no-config",
                "--no-verbose",
                "--tries=1",
                "--timeout=20",
                "--user=" + site.user(),
                "--password=" + site.password(),
                "--output-document=" + file));
    if (!mode.isPassive()) {
      command.add("--no-passive-ftp");
    }
    command.add(site.url(name));
    return socks.around(site, command);
  }
}
