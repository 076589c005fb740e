package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A process that keeps the file locked that it is given, if it can, until its input ends. */
final class LockHolder implements AutoCloseable {
  private final Process process;
  private final boolean locked;

  private LockHolder(Process process, boolean locked) {
    this.process = process;
    this.locked = locked;
  }

  /** The program. */
  public static void main(String[] arguments) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      System.out.println(channel.tryLock() == null ? "refused" : "locked");
      while (System.in.read() >= 0) {
        // until whoever started us is done
      }
    }
  }

  static LockHolder of(Path file) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    LockHolder.class.getName(),
                    file.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new LockHolder(process, "locked".equals(process.inputReader().readLine()));
  }

  boolean holds() {
    return locked && process.isAlive();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
