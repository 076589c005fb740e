package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@ExtendWith(RestoreLogging.class)
class LayoutsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void aTextLineCarriesTheKeysAndStaysOneLine() {
    configure(0, LogOptions.Format.text);

    culvertLog()
        .atInfo()
        .addKeyValue("conn", 7)
        .addKeyValue("reason", "two words")
        .addKeyValue("empty", "")
        .log("from a peer: a\r\nb");

    assertThat(lines())
        .hasSize(1)
        .first()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\d .* INFO  .*")
        .endsWith("from a peer: a\\x0d\\x0ab conn=7 reason=\"two words\" empty=\"\"");
  }

  @Test
  void aJsonLineIsOneObject() {
    configure(0, LogOptions.Format.json);

    culvertLog()
        .atWarn()
        .addKeyValue("conn", 7)
        .addKeyValue("level", "clash")
        .log("quote \" backslash \\ line\nend");

    assertThat(lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("{\"time\":\"")
        .contains("\"level\":\"WARN\"")
        .contains("\"message\":\"quote \\\" backslash \\\\ line\\u000aend\"")
        .endsWith("\"conn\":7,\"level_\":\"clash\"}");
  }

  @Test
  void errorsAreToldWithTheirTrace() {
    configure(0, LogOptions.Format.json);

    culvertLog().atError().setCause(new IllegalStateException("broken")).log("failed");

    assertThat(lines()).hasSize(1).first().asString().contains("\"error\":\"java.lang.Illegal");
  }

  @Test
  void packetDumpsStayOffAtTheHighestVerbosity() {
    configure(2, LogOptions.Format.text);

    for (String name :
        new String[] {
          "org.apache.sshd.client.session.ClientSessionImpl",
          "culvert.ssh.mina.SomeSubclassOfASession",
          "io.netty.handler.logging.LoggingHandler"
        }) {
      Logger logger = LoggerFactory.getLogger(name);
      assertThat(logger.isTraceEnabled()).as(name).isFalse();
    }
    assertThat(LoggerFactory.getLogger("io.netty.handler.logging.LoggingHandler").isErrorEnabled())
        .isFalse();
    assertThat(LoggerFactory.getLogger("culvert.proxy.ftp.FtpSession").isTraceEnabled()).isTrue();
  }

  @Test
  void verbosityRaisesTheLevel() {
    configure(0, LogOptions.Format.text);
    assertThat(culvertLog().isDebugEnabled()).isFalse();

    configure(1, LogOptions.Format.text);
    assertThat(culvertLog().isDebugEnabled()).isTrue();
    assertThat(culvertLog().isTraceEnabled()).isFalse();
  }

  private static Logger culvertLog() {
    return LoggerFactory.getLogger("culvert.proxy.Something");
  }

  private void configure(int verbosity, LogOptions.Format format) {
    Logging.configure(bytes, verbosity, format);
  }

  private List<String> lines() {
    Logging.end();
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
