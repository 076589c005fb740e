package culvert.it.script;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The ports of a client in active mode, open until the end of the test. */
public final class Listeners implements AfterEachCallback {
  private final List<DataPort> open = new ArrayList<>();

  public DataPort open() throws IOException {
    return open(Stage.LOCALHOST);
  }

  public DataPort open(String address) throws IOException {
    DataPort port = new DataPort(address);
    open.add(port);
    return port;
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    for (DataPort port : open) {
      port.close();
    }
  }
}
