package culvert.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.Layout;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Sets logback up without a file. */
final class Logging {
  /**
   * Loggers of Apache MINA SSHD, which names them after the object's class: ours are among them.
   */
  private static final List<String> MINA =
      List.of(
          "org.apache.sshd",
          "culvert.ssh.mina.auth.KeyboardInteractiveAuth",
          "culvert.ssh.mina.auth.LoginService",
          "culvert.ssh.mina.auth.PasswordAuth",
          "culvert.ssh.mina.auth.PublicKeyAuth",
          "culvert.ssh.mina.hostkey.HostKeyExchange",
          "culvert.ssh.mina.kex.CarefulSession",
          "culvert.ssh.mina.channel.ChannelMessageOrder",
          "culvert.ssh.mina.channel.DirectTcpipChannel",
          "culvert.ssh.mina.channel.ForwardedTcpipChannel",
          "culvert.ssh.mina.io");

  private static final String APPENDER = "log";

  /**
   * An ERROR of Netty's about a result that comes when the event loops have ended, as that of a
   * login does which hung when the process was told to stop: nobody must act.
   */
  private static final String REJECTED_AT_THE_END =
      "io.netty.util.concurrent.DefaultPromise.rejectedExecution";

  /** A WARN of Netty's on a host with loopback alone: it looks for a name, which nobody uses. */
  private static final String NO_HARDWARE_ADDRESS = "io.netty.util.internal.MacAddressUtil";

  private Logging() {}

  /**
   * Sends the log to a stream, from a thread of its own; nobody else waits for the stream.
   *
   * @param verbosity 0: INFO, 1: DEBUG, 2: TRACE
   * @param layout thread-safe
   */
  static void configure(OutputStream stream, int verbosity, Layout<ILoggingEvent> layout) {
    configure(stream, verbosity, layout, QueuedAppender.MOST_BYTES);
  }

  /**
   * The same.
   *
   * @param mostBytes that may wait for the stream
   */
  static void configure(
      OutputStream stream, int verbosity, Layout<ILoggingEvent> layout, long mostBytes) {
    LoggerContext context = context();
    context.reset();
    layout.setContext(context);
    layout.start();
    QueuedAppender appender = new QueuedAppender(Channels.newChannel(stream), layout, mostBytes);
    appender.setContext(context);
    appender.setName(APPENDER);
    appender.start();
    root(context).addAppender(appender);
    setLevels(context, verbosity);
  }

  /** Leaves out what is told at INFO, unless more was asked for. */
  static void onlyWarnings() {
    Logger culvert = context().getLogger("culvert");
    if (culvert.getLevel() == Level.INFO) {
      culvert.setLevel(Level.WARN);
      context().getLogger("culvert.ssh.mina").setLevel(Level.WARN);
    }
  }

  /** Lines of the log that nobody will read. */
  static long dropped() {
    return root(context()).getAppender(APPENDER) instanceof QueuedAppender appender
        ? appender.dropped()
        : 0;
  }

  /**
   * Ends the log, and waits until it is written, for a second at most if nobody reads it.
   * Idempotent.
   */
  static void end() {
    Logger root = root(context());
    @Nullable Appender<ILoggingEvent> appender = root.getAppender(APPENDER);
    if (appender != null) {
      appender.stop();
      root.detachAppender(appender);
    }
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static Logger root(LoggerContext context) {
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /**
   * At TRACE, MINA prints packets, passwords included; at DEBUG, a line for each packet; and what
   * it warns of, Culvert says itself. Netty's {@code LoggingHandler} prints bytes at any level.
   */
  private static void setLevels(LoggerContext context, int verbosity) {
    Level culvert = verbosity == 0 ? Level.INFO : verbosity == 1 ? Level.DEBUG : Level.TRACE;
    Level libraries = verbosity < 2 ? Level.WARN : Level.DEBUG;
    Level mina = verbosity == 0 ? Level.ERROR : libraries;
    root(context).setLevel(libraries);
    context.getLogger("culvert").setLevel(culvert);
    context.getLogger("culvert.ssh.mina").setLevel(verbosity < 2 ? culvert : Level.DEBUG);
    MINA.forEach(name -> context.getLogger(name).setLevel(mina));
    context.getLogger("io.netty.handler.logging").setLevel(Level.OFF);
    context.getLogger(NO_HARDWARE_ADDRESS).setLevel(verbosity < 2 ? Level.OFF : Level.DEBUG);
    context.getLogger(REJECTED_AT_THE_END).setLevel(verbosity < 2 ? Level.OFF : Level.DEBUG);
  }
}
