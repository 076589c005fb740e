package culvert.it;

import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code culvert run} as a process of its own. */
public final class CulvertProcess implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Pattern READY =
      Pattern.compile("culvert ready: .*\\bsocks 127\\.0\\.0\\.1:(\\d+).*");

  private final Process process;
  private final Path log;
  private final int port;

  private CulvertProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param log where its standard error goes
   * @param options before the command, such as {@code -vv}
   */
  public static CulvertProcess run(Path configuration, Path log, String... options)
      throws Exception {
    return run(Map.of(), configuration, log, options);
  }

  /**
   * Starts it in an environment of its own.
   *
   * @param environment what it has besides this process's
   */
  public static CulvertProcess run(
      Map<String, String> environment, Path configuration, Path log, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("run", "-c", configuration.toString()));
    ProcessBuilder builder = builder(arguments);
    builder.environment().putAll(environment);
    return start(builder, log);
  }

  /**
   * Starts it in a network of its own.
   *
   * @param launcher a command that becomes the one that follows it
   */
  public static CulvertProcess runIn(
      NetworkNamespace network, List<String> launcher, Path configuration, Path log)
      throws Exception {
    ProcessBuilder builder = builder(List.of("run", "-c", configuration.toString()));
    List<String> command = new ArrayList<>(launcher);
    command.addAll(builder.command());
    return start(builder.command(network.command(command)), log);
  }

  /**
   * Starts it as its users do, with what the launcher builds and tells the JVM.
   *
   * @param launcher the source tree's {@code culvert}, which has built already
   */
  public static CulvertProcess launch(Path launcher, Path configuration, Path log)
      throws Exception {
    List<String> command = List.of(launcher.toString(), "run", "-c", configuration.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(log.toFile())
            .start();
    Run.endWithThisProcess(process);
    return await(process, log);
  }

  /** Starts it with a pipe as standard error, which nobody reads but who asks for it. */
  static CulvertProcess runIntoPipe(Path configuration, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("run", "-c", configuration.toString()));
    return await(builder(arguments).redirectError(Redirect.PIPE).start(), Path.of("/dev/null"));
  }

  /** Starts it as {@code nohup} does: it is to ignore SIGHUP. */
  static CulvertProcess runUnderNohup(Path configuration, Path log) throws Exception {
    return start(builder("IGNORE", List.of("run", "-c", configuration.toString())), log);
  }

  private static CulvertProcess start(ProcessBuilder builder, Path log) throws Exception {
    return await(builder.redirectError(log.toFile()).start(), log);
  }

  private static CulvertProcess await(Process process, Path log) throws Exception {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    try {
      String line =
          CompletableFuture.supplyAsync(() -> readLine(out))
              .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      Matcher ready = READY.matcher(String.valueOf(line));
      if (!ready.matches()) {
        throw new IOException("said: " + line + ", log: " + Files.readString(log));
      }
      return new CulvertProcess(process, log, Integer.parseInt(ready.group(1)));
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** A command line of Culvert, with this JVM's classes. */
  public static ProcessBuilder builder(List<String> arguments) {
    return builder("DEFAULT", arguments);
  }

  /**
   * The same.
   *
   * @param hup what it does at SIGHUP, whatever this process does: that would be inherited
   */
  private static ProcessBuilder builder(String hup, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "perl",
                "-e",
                "$SIG{HUP} = shift; exec @ARGV or die $!",
                hup,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dio.netty.leakDetection.level=paranoid",
                "culvert.proxy.cli.Culvert"));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectInput(Path.of("/dev/null").toFile());
  }

  public int port() {
    return port;
  }

  public String log() throws IOException {
    return Files.readString(log);
  }

  /** Where it writes its log, if that is a pipe. */
  InputStream pipe() {
    return process.getErrorStream();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  public long pid() {
    return process.pid();
  }

  /** Sends a signal by its name. */
  public void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + DEADLINE);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static String readLine(BufferedReader in) {
    try {
      return in.readLine();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
