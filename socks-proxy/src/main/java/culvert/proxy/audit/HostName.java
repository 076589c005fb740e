package culvert.proxy.audit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of the host that Culvert runs on. */
final class HostName {
  private HostName() {}

  /** By a name server only where the kernel does not say: that may not answer. */
  static String ours() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return byAddress();
    }
  }

  private static String byAddress() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
