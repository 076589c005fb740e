package culvert.config.read;

import culvert.config.Location;
import culvert.config.yaml.Problems;

/** What reading one file needs at every step. */
record Reading(Problems problems, Environment environment, SshConfigs sshConfigs, String hash) {

  /** Of no file. */
  Reading(Problems problems, Environment environment) {
    this(problems, environment, "");
  }

  /**
   * @param hash of the file
   */
  Reading(Problems problems, Environment environment, String hash) {
    this(problems, environment, new SshConfigs(problems, environment), hash);
  }

  /** Goes on after it: all problems are told at once. */
  void error(Location location, String message) {
    problems.error(location, message);
  }
}
