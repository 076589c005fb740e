package culvert.proxy.check;

import culvert.config.Secret;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A machine that has all that anybody wants, but for what is taken away. */
public final class FakeMachine implements Machine {
  private final Map<Path, String> problems = new HashMap<>();
  private final Set<Path> missing = new HashSet<>();
  private final Set<String> strangers = new HashSet<>();
  private final Set<String> defects = new HashSet<>();
  private boolean owners = true;
  private boolean othersPrograms = true;
  private boolean originalDestinations = true;

  public FakeMachine withProblem(String file, String problem) {
    problems.put(Path.of(file), problem);
    return this;
  }

  public FakeMachine without(String file) {
    missing.add(Path.of(file));
    return this;
  }

  public FakeMachine withoutUser(String name) {
    strangers.add(name);
    return this;
  }

  /** Whoever asks about that user meets a defect. */
  public FakeMachine withDefectAboutUser(String name) {
    defects.add(name);
    return this;
  }

  public FakeMachine withoutOwners() {
    owners = false;
    return this;
  }

  public FakeMachine withoutOthersPrograms() {
    othersPrograms = false;
    return this;
  }

  public FakeMachine withoutOriginalDestinations() {
    originalDestinations = false;
    return this;
  }

  @Override
  public Optional<String> problemOfFile(Path file) {
    return Optional.ofNullable(problems.get(file));
  }

  @Override
  public boolean exists(Path file) {
    return !missing.contains(file);
  }

  @Override
  public Optional<String> problemOfKey(Path file, Optional<Secret> passphrase, boolean withAgent) {
    return withAgent ? Optional.empty() : problemOfFile(file);
  }

  @Override
  public Optional<String> problemOfCertificate(Path file) {
    return problemOfFile(file);
  }

  @Override
  public boolean isUser(String name) {
    if (defects.contains(name)) {
      throw new IllegalStateException("a defect");
    }
    return !strangers.contains(name);
  }

  @Override
  public String ownUser() {
    return "culvert";
  }

  @Override
  public boolean knowsOwners() {
    return owners;
  }

  @Override
  public boolean seesOthersPrograms() {
    return othersPrograms;
  }

  @Override
  public boolean seesOriginalDestinations() {
    return originalDestinations;
  }
}
