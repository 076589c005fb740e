package culvert.config;

/** Placeholder until the loader lands. */
public final class ConfigLoader {
  private ConfigLoader() {}
}
