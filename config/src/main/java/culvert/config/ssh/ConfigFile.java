package culvert.config.ssh;

import java.util.List;

/** A file as read. */
record ConfigFile(List<Directive> directives) {
  ConfigFile {
    directives = List.copyOf(directives);
  }

  /** Whether a {@code Match final} wants everything read once more. */
  boolean wantsFinalPass() {
    return directives.stream()
        .anyMatch(
            directive ->
                directive instanceof Directive.Match match
                    ? match.has(Directive.Criterion.Kind.FINAL)
                    : directive instanceof Directive.Include include
                        && include.files().stream().anyMatch(ConfigFile::wantsFinalPass));
  }
}
