package culvert.ssh.mina;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.ssh.mina.kex.SessionSettings;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WarmUpTest {
  @Test
  void nothingOfItFailsOnThisJava() {
    Logger log = (Logger) LoggerFactory.getLogger(WarmUp.class);
    log.setLevel(Level.DEBUG);
    ListAppender<ILoggingEvent> complaints = new ListAppender<>();
    complaints.start();
    log.addAppender(complaints);
    try {
      new WarmUp(new SessionSettings(Runnable::run)).run();
      assertThat(complaints.list).isEmpty();
    } finally {
      log.detachAppender(complaints);
    }
  }
}
