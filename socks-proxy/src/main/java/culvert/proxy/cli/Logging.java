package culvert.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

  /**
   * An ERROR of Netty's about a result that comes when the event loops have ended, as that of a
   * login does which hung when the process was told to stop: nobody must act.
   */
  private static final String REJECTED_AT_THE_END =
      "io.netty.util.concurrent.DefaultPromise.rejectedExecution";

  private Logging() {}

  /**
   * Sends the log to a stream.
   *
   * @param verbosity 0: INFO, 1: DEBUG, 2: TRACE
   */
  static void configure(PrintStream stream, int verbosity, LogOptions.Format format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName(format.name());
    appender.setEncoder(encoder(context, format));
    appender.setOutputStream(new KeptOpen(stream));
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
    setLevels(context, verbosity);
  }

  private static LayoutWrappingEncoder<ILoggingEvent> encoder(
      LoggerContext context, LogOptions.Format format) {
    Layout<ILoggingEvent> layout =
        format == LogOptions.Format.json ? new JsonLayout() : new TextLayout();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }

  /**
   * At TRACE, MINA prints packets, passwords included; at DEBUG, a line for each packet; and what
   * it warns of, Culvert says itself. Netty's {@code LoggingHandler} prints bytes at any level.
   */
  private static void setLevels(LoggerContext context, int verbosity) {
    Level culvert = verbosity == 0 ? Level.INFO : verbosity == 1 ? Level.DEBUG : Level.TRACE;
    Level libraries = verbosity < 2 ? Level.WARN : Level.DEBUG;
    Level mina = verbosity == 0 ? Level.ERROR : libraries;
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(libraries);
    context.getLogger("culvert").setLevel(culvert);
    context.getLogger("culvert.ssh.mina").setLevel(verbosity < 2 ? culvert : Level.DEBUG);
    MINA.forEach(name -> context.getLogger(name).setLevel(mina));
    context.getLogger("io.netty.handler.logging").setLevel(Level.OFF);
    context.getLogger(REJECTED_AT_THE_END).setLevel(verbosity < 2 ? Level.OFF : Level.DEBUG);
  }

  /** An appender closes its stream when the next configuration replaces it. */
  private static final class KeptOpen extends FilterOutputStream {
    private KeptOpen(PrintStream stream) {
      super(stream);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
