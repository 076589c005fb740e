package culvert.proxy.ftp.core;

import java.util.List;

/** A reply ends at any code with a space behind it. */
abstract class AnyEndReader extends ModelReader {

  AnyEndReader() {
    super(LineEnd.LF);
  }

  @Override
  int ended(List<String> soFar) {
    String last = soFar.get(soFar.size() - 1);
    return at(last, 3) == ' ' ? code(last) : -1;
  }

  @Override
  boolean ignores(String line) {
    return false;
  }
}
