package culvert.it.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Python's ftplib with a SOCKS socket of our own (PySocks is not always there). */
public final class PythonFtp {
  static final Path PROGRAM = Path.of("/usr/bin/python3");

  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private PythonFtp() {}

  /**
   * Runs {@code ftp_client.py}.
   *
   * @param directory where the script is put
   * @param arguments of the script: SOCKS version, proxy port, FTP host, FTP port, user, password,
   *     then what to do
   */
  public static Run<String> run(Path directory, Object... arguments) throws IOException {
    Path script = directory.resolve("ftp_client.py");
    try (InputStream in = PythonFtp.class.getResourceAsStream("ftp_client.py")) {
      Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), script.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return Run.text(DEADLINE, command);
  }
}
