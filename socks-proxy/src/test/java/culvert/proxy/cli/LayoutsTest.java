package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import culvert.proxy.event.LogFields;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@ExtendWith(RestoreLogging.class)
class LayoutsTest {
  private static final Map<String, Object> FIELDS =
      Map.of(
          "bytes", Map.of("up", 7L),
          "encrypted", true,
          "list", List.of("a", "b"),
          "none", Map.of(),
          "time", "other");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void aTextLineCarriesTheKeysAndStaysOneLine() {
    configure(0, new TextLayout(false));

    culvertLog()
        .atInfo()
        .addKeyValue("job", UUID.fromString("0193777c-3000-7000-8000-0123456789ab"))
        .addKeyValue("client", new TreeMap<>(Map.of("address", "::1", "port", 7)))
        .addKeyValue("fields", new LogFields(Map.of("route", "ssh")))
        .addKeyValue("reason", "two words")
        .addKeyValue("empty", "")
        .log("from a peer: a\r\nb");

    assertThat(lines())
        .hasSize(1)
        .first()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  .*")
        .endsWith(
            "from a peer: a\\x0d\\x0ab job=0123456789ab client.address=::1 client.port=7"
                + " reason=\"two words\" empty=\"\"");
  }

  @Test
  void aJsonLineIsOneObject() {
    configure(0, new JsonLayout());

    culvertLog()
        .atWarn()
        .addKeyValue("job", UUID.fromString("0193777c-3000-7000-8000-0123456789ab"))
        .addKeyValue("fields", new LogFields(new TreeMap<>(FIELDS)))
        .addKeyValue("level", "clash")
        .log("quote \" backslash \\ line\nend");

    assertThat(lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("{\"time\":\"")
        .contains("\"level\":\"WARN\"")
        .contains("\"message\":\"quote \\\" backslash \\\\ line\\u000aend\"")
        .endsWith(
            "\"job\":\"0193777c-3000-7000-8000-0123456789ab\",\"bytes\":{\"up\":7},"
                + "\"encrypted\":true,\"list\":[\"a\",\"b\"],\"none\":{},\"time_\":\"other\","
                + "\"level_\":\"clash\"}");
  }

  @Test
  void whatNobodySeesOrReadsBackwardsIsEscaped() {
    configure(0, new TextLayout(false));

    culvertLog().atInfo().addKeyValue("detail", "c\u202ed").log("a\u2028b\u200b \ud83d\ude00");

    assertThat(lines())
        .singleElement()
        .asString()
        .endsWith("a\\u2028b\\u200b \ud83d\ude00 detail=c\\u202ed");
  }

  @Test
  void passwordsThatStandInNamesAreLeftOut() {
    for (Layout<ILoggingEvent> layout : List.of(new TextLayout(false), new JsonLayout())) {
      configure(0, layout);
      culvertLog()
          .atInfo()
          .setCause(new IllegalStateException("no joe:sesame@host"))
          .addKeyValue("detail", "name: 'joe:sesame@host'")
          .addKeyValue("list", List.of("joe:sesame@host"))
          .log("client: RETR ftp://joe:sesame@host/x");
    }

    assertThat(String.join("\n", lines()))
        .doesNotContain("sesame")
        .contains("client: RETR ftp://joe:***@host/x", "name: 'joe:***@host'");
  }

  @Test
  void theJournalGetsAPriorityForEachLineAndKeepsTheTimeItself() {
    configure(1, new TextLayout(true));

    culvertLog().atError().setCause(new IllegalStateException("a\n<0>forged")).log("failed");
    culvertLog().warn("warned");
    culvertLog().info("told");
    culvertLog().debug("whispered");

    List<String> lines = lines();
    assertThat(lines.subList(0, 3))
        .containsExactly("<3>failed", "<3>\tjava.lang.IllegalStateException: a", "<3>\t<0>forged");
    assertThat(lines.get(3)).startsWith("<3>\t  at culvert.proxy.cli.LayoutsTest");
    assertThat(lines.subList(4, lines.size() - 3)).allMatch(line -> line.startsWith("<3>\t"));
    assertThat(lines.subList(lines.size() - 3, lines.size()))
        .containsExactly("<4>warned", "<6>told", "<7>whispered");
  }

  @Test
  void aTraceCannotLookLikeALine() {
    configure(0, new TextLayout(false));

    culvertLog().atError().setCause(new IllegalStateException("a\nb\u0007")).log("failed");

    assertThat(lines().subList(1, 3))
        .containsExactly("\tjava.lang.IllegalStateException: a", "\tb\\x07");
  }

  @Test
  void errorsAreToldWithTheirTrace() {
    configure(0, new JsonLayout());

    culvertLog().atError().setCause(new IllegalStateException("broken")).log("failed");

    assertThat(lines()).hasSize(1).first().asString().contains("\"error\":\"java.lang.Illegal");
  }

  @Test
  void packetDumpsStayOffAtTheHighestVerbosity() {
    configure(2, new TextLayout(false));

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
    configure(0, new TextLayout(false));
    assertThat(culvertLog().isDebugEnabled()).isFalse();

    configure(1, new TextLayout(false));
    assertThat(culvertLog().isDebugEnabled()).isTrue();
    assertThat(culvertLog().isTraceEnabled()).isFalse();
  }

  private static Logger culvertLog() {
    return LoggerFactory.getLogger("culvert.proxy.Something");
  }

  private void configure(int verbosity, Layout<ILoggingEvent> layout) {
    Logging.configure(bytes, verbosity, layout);
  }

  private List<String> lines() {
    Logging.end();
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
