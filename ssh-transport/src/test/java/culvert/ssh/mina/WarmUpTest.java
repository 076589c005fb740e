package culvert.ssh.mina;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.ssh.mina.connection.MinaClient;
import culvert.ssh.mina.kex.SessionSettings;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WarmUpTest {
  @Test
  void nothingOfItFailsOnThisJava() {
    Logger log = (Logger) LoggerFactory.getLogger(WarmUp.class);
    log.setLevel(Level.DEBUG);
    Thread test = Thread.currentThread();
    ListAppender<ILoggingEvent> complaints =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (Thread.currentThread() == test) { // not of a transport that was closed before
              super.append(event);
            }
          }
        };
    complaints.start();
    log.addAppender(complaints);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (MinaClient client = new MinaClient(timer)) {
      new WarmUp(client, new SessionSettings(Runnable::run)).run();
      assertThat(complaints.list)
          .extracting(ILoggingEvent::getMessage)
          .containsExactly("warm-up: done");
    } finally {
      log.detachAppender(complaints);
      timer.shutdownNow();
    }
  }
}
