package culvert.config.read;

import culvert.config.yaml.Problems;

/** What reading one file needs at every step. */
record Reading(Problems problems, Environment environment, SshConfigs sshConfigs) {

  Reading(Problems problems, Environment environment) {
    this(problems, environment, new SshConfigs(problems, environment));
  }
}
