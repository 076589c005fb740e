package culvert.proxy.audit;

import culvert.proxy.event.Ended;
import culvert.proxy.event.LogFields;
import culvert.proxy.event.TakenRoute;
import culvert.ssh.HostKeyChange;
import culvert.ssh.SshServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Tells the log of jobs and host keys: a sentence for people, and, in JSON, the fields of the audit
 * trail's event. Other events are told by those to whom they happen. Thread-safe.
 */
final class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.event");

  /** What the text shows beside the sentence. */
  private static final List<String> SHOWN = List.of("listener", "rule", "reason");

  private final IntPredicate ftpPort;
  private final Supplier<Remedies> remedies;

  /**
   * @param ftpPort whether FTP is to be expected there
   */
  EventLog(IntPredicate ftpPort, Supplier<Remedies> remedies) {
    this.ftpPort = ftpPort;
    this.remedies = remedies;
  }

  /** A host key is another one than what is known. */
  void changed(AuditEvent event, SshServer server, HostKeyChange change) {
    String remedy = remedies.get().ofHostKey(server, change);
    log(Level.WARN, event, new EventWords(event.fields()).detail() + remedy);
  }

  void tell(AuditEvent event) {
    EventWords words = new EventWords(event.fields());
    switch (event.code()) {
      case JOB_ENDED -> log(isPlaintext(words) ? Level.WARN : Level.INFO, event, words.ended());
      case TRANSFER_ENDED -> log(Level.DEBUG, event, words.transferred());
      case PLAINTEXT -> log(Level.WARN, event, words.fellBack());
      case LOGIN_REFUSED, HOST_KEY_REFUSED, RULE_REFUSED, REFUSED ->
          log(Level.WARN, event, words.refused(remedies.get()));
      case HOST_KEY_CHANGED,
          DOOR_REFUSED,
          HOST_KEY_NEW,
          START,
          STOP,
          RELOAD,
          LOST,
          PINNED,
          UNPINNED -> {}
    }
  }

  /** Of FTP, as far as that can be told; what else goes directly is nobody's concern. */
  private boolean isPlaintext(EventWords words) {
    return words.text("route").equals(TakenRoute.PLAINTEXT.toString())
        && (!words.text("why").equals(Ended.BY_RULE)
            || words.has("files")
            || ftpPort.test(words.port()));
  }

  private static void log(Level level, AuditEvent event, String sentence) {
    if (!LOG.isEnabledForLevel(level)) {
      return;
    }
    Map<String, Object> rest = new LinkedHashMap<>();
    rest.put("event", event.code().event());
    rest.putAll(event.fields());
    LoggingEventBuilder line = LOG.atLevel(level).addKeyValue("code", event.code().code());
    for (String id : List.of("job", "transfer")) {
      if (rest.remove(id) instanceof String text) {
        line = line.addKeyValue(id, UUID.fromString(text));
      }
    }
    for (String field : SHOWN) {
      Object value = rest.remove(field);
      if (value != null) {
        line = line.addKeyValue(field, value);
      }
    }
    line.addKeyValue("fields", new LogFields(rest)).log(sentence);
  }
}
