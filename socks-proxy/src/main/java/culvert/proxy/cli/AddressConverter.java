package culvert.proxy.cli;

import culvert.config.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For options that are a literal address; a name is refused, so that nothing is looked up. */
final class AddressConverter implements ITypeConverter<InetAddress> {

  @Override
  public InetAddress convert(String text) throws UnknownHostException {
    try {
      byte[] address = Cidr.parse(text).address();
      if (text.indexOf('/') < 0) {
        return InetAddress.getByAddress(address);
      }
    } catch (IllegalArgumentException e) {
      // falls through: the message below says more about an address
    }
    throw new TypeConversionException(text + " (expected: an address such as 10.1.2.3 or ::1)");
  }
}
