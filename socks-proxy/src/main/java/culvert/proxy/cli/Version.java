package culvert.proxy.cli;

import culvert.proxy.ProxyDaemon;
import picocli.CommandLine.IVersionProvider;

/** The version out of the jar's manifest. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "culvert " + ProxyDaemon.version().orElse("(not run from its jar)"),
      "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
    };
  }
}
