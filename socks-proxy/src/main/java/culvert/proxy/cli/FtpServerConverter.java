package culvert.proxy.cli;

import culvert.config.Endpoint;
import io.netty.util.NetUtil;
import picocli.CommandLine.ITypeConverter;

/** For {@code HOST[:PORT]} of an FTP server, port 21 if it is left out. */
final class FtpServerConverter implements ITypeConverter<Endpoint> {
  private static final int FTP = 21;

  @Override
  public Endpoint convert(String text) {
    return NetUtil.isValidIpV6Address(text) && !text.startsWith("[")
        ? new Endpoint(text, FTP)
        : HostPort.parse(text, FTP);
  }
}
