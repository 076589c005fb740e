package culvert.config.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenSSH's configuration files, as read. Immutable; equal only to itself. */
public final class OpenSshConfig {
  private final List<ConfigFile> files;
  private final Surroundings surroundings;

  private OpenSshConfig(List<ConfigFile> files, Surroundings surroundings) {
    this.files = List.copyOf(files);
    this.surroundings = surroundings;
  }

  /**
   * Reads one file and what it includes, as with {@code ssh -F}. Blocks.
   *
   * @return worth something only if no error was reported
   */
  public static OpenSshConfig read(Path file, Surroundings surroundings, Report report) {
    ConfigFileReader reader = new ConfigFileReader(surroundings, report);
    return new OpenSshConfig(List.of(reader.given(file)), surroundings);
  }

  /** Reads {@code ~/.ssh/config} and {@code /etc/ssh/ssh_config}, where there are any. Blocks. */
  public static OpenSshConfig readStandard(Surroundings surroundings, Report report) {
    ConfigFileReader reader = new ConfigFileReader(surroundings, report);
    return new OpenSshConfig(reader.standard(), surroundings);
  }

  /** What they say of a host, as with {@code ssh HOST}; a user may come from the files. */
  public OpenSshHost lookup(String host) {
    return lookup(host, Optional.empty(), true, Optional.empty());
  }

  /**
   * The same where the local user logs in unless the files name another, who counts in {@code Match
   * user} and {@code %r} too.
   */
  public OpenSshHost lookupAsLocalUser(String host) {
    return lookup(host, Optional.empty(), true, Optional.of(surroundings.localUser()));
  }

  /**
   * What they say of a host whose user is not their business, as with {@code ssh USER@HOST}.
   *
   * @param user empty: not known yet; then no {@code Match user} matches
   */
  public OpenSshHost lookup(String host, Optional<String> user) {
    return lookup(host, user, false, Optional.empty());
  }

  private OpenSshHost lookup(
      String host, Optional<String> user, boolean takesUser, Optional<String> otherwise) {
    Evaluation evaluation =
        new Evaluation(host, user, takesUser, otherwise, surroundings.localUser());
    Map<Option, List<String>> values = evaluation.of(files);
    boolean configured = user.isEmpty() && values.containsKey(Option.USER);
    otherwise.ifPresent(name -> values.putIfAbsent(Option.USER, List.of(name)));
    return new OpenSshHost(host, values, configured, surroundings);
  }

  @Override
  public String toString() {
    return "OpenSshConfig[" + files.size() + " files]";
  }
}
