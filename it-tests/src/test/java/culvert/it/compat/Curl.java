package culvert.it.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * curl. Breaking off ends the process, and the next one has a new session.
 *
 * @param proxyOption for its own SOCKS; empty: it uses none
 */
record Curl(String name, Optional<String> proxyOption) implements FtpClientProgram {
  private static final long SOME_BYTES = 200_000;

  @Override
  public Optional<Reason> cannot(String server, Mode mode, Task task) {
    return Optional.empty();
  }

  @Override
  public void upload(Site site, Mode mode, Path file, String name) throws Exception {
    Session.run(site.work(), command(site, mode, "--upload-file", file.toString(), site.url(name)));
  }

  @Override
  public void download(Site site, Mode mode, String name, Path file) throws Exception {
    Session.run(site.work(), command(site, mode, "--output", file.toString(), site.url(name)));
  }

  @Override
  public String list(Site site, Mode mode) throws Exception {
    return Session.run(site.work(), command(site, mode, site.url("")));
  }

  @Override
  public void abort(Site site, Mode mode, String large, String small, Path smallFile)
      throws Exception {
    Path part = site.work().resolve(large);
    try (Session session =
        Session.start(
            site.work(), command(site, mode, "--output", part.toString(), site.url(large)))) {
      session.awaitBytes(part, SOME_BYTES);
      session.interrupt();
      session.exitCode();
    }
    download(site, mode, small, smallFile);
  }

  private List<String> command(Site site, Mode mode, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "--disable", // no ~/.curlrc
                "--silent",
                "--show-error",
                "--max-time",
                "60",
                "--user",
                site.user() + ":" + site.password()));
    proxyOption.ifPresent(
        option -> command.addAll(List.of(option, "127.0.0.1:" + site.socksPort())));
    if (!mode.isPassive()) {
      command.addAll(List.of("--ftp-port", "-"));
    }
    command.addAll(List.of(arguments));
    return command;
  }
}
