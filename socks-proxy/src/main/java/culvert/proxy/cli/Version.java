package culvert.proxy.cli;

import picocli.CommandLine.IVersionProvider;

/** The version out of the jar's manifest. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Culvert.class.getPackage().getImplementationVersion();
    return new String[] {
      "culvert " + (version == null ? "(not run from its jar)" : version),
      "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
    };
  }
}
