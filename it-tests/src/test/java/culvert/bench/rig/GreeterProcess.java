package culvert.bench.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A {@link Greeter} in a process of its own, with file descriptors of its own. */
public final class GreeterProcess implements AutoCloseable {
  private final Process process;
  private final int port;

  private GreeterProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  public static GreeterProcess start() throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Greeter.class.getName()))
            .redirectError(Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
    String port = out.readLine();
    if (port == null) {
      throw new IOException("the FTP server without files has not started");
    }
    return new GreeterProcess(process, Integer.parseInt(port));
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
