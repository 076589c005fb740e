package culvert.config.ssh;

import culvert.config.ssh.Directive.Criterion;
import culvert.config.ssh.Directive.Include;
import culvert.config.ssh.Directive.Match;
import culvert.config.ssh.Directive.Setting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what holds for one host: of each option the first value. Used once. */
final class Evaluation {
  private final String host;
  private final Optional<String> user;
  private final boolean takesUser;
  private final Optional<String> otherwise;
  private final String localUser;
  private final Map<Option, List<String>> values = new EnumMap<>(Option.class);
  private boolean finalPass;

  /**
   * @param user who logs in, whatever the files say; empty: not known yet
   * @param takesUser whether the files may say it
   * @param otherwise who logs in as long as they have not
   */
  Evaluation(
      String host,
      Optional<String> user,
      boolean takesUser,
      Optional<String> otherwise,
      String localUser) {
    this.host = host;
    this.user = user;
    this.takesUser = takesUser;
    this.otherwise = otherwise;
    this.localUser = localUser;
  }

  Map<Option, List<String>> of(List<ConfigFile> files) {
    user.ifPresent(name -> values.put(Option.USER, List.of(name)));
    files.forEach(file -> apply(file, true));
    if (files.stream().anyMatch(ConfigFile::wantsFinalPass)) {
      values.put(Option.HOST_NAME, List.of(Tokens.escaped(Ascii.lower(hostName()))));
      finalPass = true;
      files.forEach(file -> apply(file, true));
    }
    return values;
  }

  /**
   * @param reached whether the block that includes the file applies; else nothing in it does
   */
  private void apply(ConfigFile file, boolean reached) {
    boolean active = reached;
    for (Directive directive : file.directives()) {
      if (directive instanceof Setting setting) {
        if (active) {
          set(setting);
        }
      } else if (directive instanceof Directive.Host block) {
        active = reached && block.matches(finalPass ? hostName() : host);
      } else if (directive instanceof Match block) {
        active = reached && matches(block);
      } else if (directive instanceof Include include) {
        for (ConfigFile included : include.files()) {
          apply(included, active);
        }
      }
    }
  }

  private void set(Setting setting) {
    Option option = setting.option();
    if (option == Option.USER && !takesUser) {
      return;
    }
    if (option.accumulates()) {
      List<String> all = values.computeIfAbsent(option, key -> new ArrayList<>());
      setting.values().stream().filter(value -> !all.contains(value)).forEach(all::add);
      return;
    }
    boolean otherWay =
        (option == Option.PROXY_JUMP && values.containsKey(Option.PROXY_COMMAND))
            || (option == Option.PROXY_COMMAND && values.containsKey(Option.PROXY_JUMP));
    if (!otherWay) {
      values.putIfAbsent(option, setting.values());
    }
  }

  private boolean matches(Match block) {
    if (block.has(Criterion.Kind.NOT_UNDERSTOOD)) {
      return false;
    }
    return block.criteria().stream().allMatch(this::matches);
  }

  private boolean matches(Criterion criterion) {
    String patterns = criterion.patterns();
    boolean holds =
        switch (criterion.kind()) {
          case ALL -> true;
          case CANONICAL, FINAL -> finalPass;
          case HOST -> Patterns.host(hostName(), patterns);
          case ORIGINALHOST -> Patterns.host(host, patterns);
          case LOCALUSER -> matchesName(localUser, patterns);
          case USER -> {
            Optional<String> known =
                Optional.ofNullable(values.get(Option.USER))
                    .map(names -> names.get(0))
                    .or(() -> otherwise);
            // Where nobody knows yet: neither with ! nor without.
            yield known.map(name -> matchesName(name, patterns)).orElse(criterion.negated());
          }
          case NOT_UNDERSTOOD -> false;
        };
    return holds != criterion.negated();
  }

  private static boolean matchesName(String name, String patterns) {
    return Patterns.list(name, patterns) == Patterns.Verdict.MATCH;
  }

  /** As far as it is known by now. */
  private String hostName() {
    List<String> set = values.get(Option.HOST_NAME);
    return set == null ? host : Tokens.hostName(set.get(0), host);
  }
}
