package culvert.proxy.cli;

import culvert.config.Endpoint;
import picocli.CommandLine.ITypeConverter;

/** For options and parameters that are {@code HOST:PORT}. */
final class HostPortConverter implements ITypeConverter<Endpoint> {

  @Override
  public Endpoint convert(String text) {
    return HostPort.parse(text);
  }
}
