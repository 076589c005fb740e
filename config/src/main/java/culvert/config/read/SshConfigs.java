package culvert.config.read;

import culvert.config.AlgorithmKind;
import culvert.config.Found;
import culvert.config.Location;
import culvert.config.ssh.OpenSshConfig;
import culvert.config.ssh.Place;
import culvert.config.ssh.Report;
import culvert.config.ssh.Surroundings;
import culvert.config.yaml.Problems;
import culvert.config.yaml.Suggestions;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads OpenSSH's configuration files, each once. Confined to the thread that reads the file. */
final class SshConfigs {
  private static final String STANDARD = "true";

  private final Problems problems;
  private final Surroundings surroundings;
  private final Map<String, OpenSshConfig> read = new HashMap<>();

  SshConfigs(Problems problems, Environment environment) {
    this.problems = problems;
    this.surroundings =
        new Surroundings(
            environment.home(),
            environment.localUser(),
            environment.workingDirectory().toAbsolutePath(),
            environment.systemDirectory().resolve("ssh"),
            environment.variables());
  }

  /**
   * What the key {@code ssh-config} names.
   *
   * @param value {@code true} or a path
   */
  OpenSshConfig read(String value) {
    return read.computeIfAbsent(value, this::readFiles);
  }

  private OpenSshConfig readFiles(String value) {
    Report report = new ToProblems(problems);
    return value.equals(STANDARD)
        ? OpenSshConfig.readStandard(surroundings, report)
        : OpenSshConfig.read(Path.of(value), surroundings, report);
  }

  private record ToProblems(Problems problems) implements Report {
    @Override
    public void error(Place place, String message) {
      problems.error(location(place), message);
    }

    @Override
    public void warning(Place place, String message) {
      problems.warning(location(place), message);
    }

    @Override
    public void algorithms(Place place, String keyword, List<String> items) {
      AlgorithmKind kind =
          switch (keyword) {
            case "ciphers" -> AlgorithmKind.CIPHERS;
            case "macs" -> AlgorithmKind.MACS;
            case "kexalgorithms" -> AlgorithmKind.KEX;
            case "hostkeyalgorithms" -> AlgorithmKind.HOST_KEYS;
            default -> throw new IllegalArgumentException(keyword);
          };
      AlgorithmLists.warn(kind, items, location(place), keyword, problems);
    }

    @Override
    public String shown(String found) {
      return Found.quoted(found);
    }

    @Override
    public String didYouMean(String word, Collection<String> candidates) {
      return Suggestions.didYouMean(word, candidates);
    }

    private static Location location(Place place) {
      return new Location(place.file(), place.line(), place.column());
    }
  }
}
