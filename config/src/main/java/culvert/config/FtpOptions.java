package culvert.config;

import java.util.List;

/**
 * The {@code ftp} section. The options of later versions are accepted at their defaults only, so
 * they need no field.
 *
 * @param ports where {@link Action#DIRECT} is FTP-aware too
 */
public record FtpOptions(List<PortRange> ports) {
  public FtpOptions {
    ports = List.copyOf(ports);
  }
}
