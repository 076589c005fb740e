package culvert.proxy.cli;

import culvert.config.read.Environment;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.Reader;

/**
 * The program as the launcher's {@code exec.sh} starts it beside a command. Where it ends before it
 * is ready, its last line on standard output is {@code exit} and the exit code: its exit itself
 * nobody waits for.
 */
public final class Beside {
  private Beside() {}

  public static void main(String[] args) {
    Terminal terminal =
        new Terminal(
            new BufferedReader(Reader.nullReader()),
            System.out,
            System.err,
            new FileOutputStream(FileDescriptor.err),
            false,
            PasswordPrompt.ofProcess(false),
            Environment.ofProcess());
    int code = Culvert.execute(terminal, Parts.ofProcess(), args);
    System.out.println("exit " + code);
    System.out.flush();
    System.exit(code);
  }
}
