package culvert.config;

import java.util.List;

/**
 * The {@code ftp} section.
 *
 * @param ports where {@link Action#DIRECT} is FTP-aware too
 * @param settings how FTP is spoken there, and in tunnels
 */
public record FtpOptions(List<PortRange> ports, FtpSettings settings) {
  public FtpOptions {
    ports = List.copyOf(ports);
  }
}
