package culvert.it.capture;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A program with the JDK's own {@code ftp:} URLs, and nothing but them. */
public final class JdkUrl {
  private JdkUrl() {}

  /**
   * Moves one file, or shows a directory.
   *
   * @param arguments {@code upload URL FILE}, {@code download URL FILE} or {@code list URL}
   */
  public static void main(String[] arguments) throws Exception {
    String task = arguments[0];
    String type = task.equals("list") ? ";type=d" : ";type=i";
    URLConnection connection = URI.create(arguments[1] + type).toURL().openConnection();
    connection.setConnectTimeout(20_000);
    connection.setReadTimeout(20_000);
    if (task.equals("upload")) {
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        Files.copy(Path.of(arguments[2]), out);
      }
    } else {
      try (InputStream in = connection.getInputStream()) {
        if (task.equals("download")) {
          Files.copy(in, Path.of(arguments[2]), StandardCopyOption.REPLACE_EXISTING);
        } else {
          in.transferTo(System.out);
        }
      }
    }
  }
}
