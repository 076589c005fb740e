package culvert.config.read;

import culvert.config.Location;
import culvert.config.yaml.Problems;
import java.nio.file.Path;
import java.util.Optional;

/** What reading one file needs at every step. */
record Reading(
    Problems problems,
    Environment environment,
    SshConfigs sshConfigs,
    String hash,
    Optional<Path> file) {

  /** Of no file. */
  Reading(Problems problems, Environment environment) {
    this(problems, environment, "", Optional.empty());
  }

  /**
   * @param hash of the file
   * @param file see {@link culvert.config.CulvertConfig#file}
   */
  Reading(Problems problems, Environment environment, String hash, Optional<Path> file) {
    this(problems, environment, new SshConfigs(problems, environment), hash, file);
  }

  /** Goes on after it: all problems are told at once. */
  void error(Location location, String message) {
    problems.error(location, message);
  }
}
