package culvert.proxy.event;

import culvert.ssh.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The audit lines of stories: one INFO line at the start and one at the end. */
final class StoryLog implements StoryObserver {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");

  @Override
  public void routed(Story story) {
    line(story, LOG.atInfo()).log("connection started");
  }

  @Override
  public void destinationNamed(Story story) {
    line(story, LOG.atInfo()).log("destination named");
  }

  @Override
  public void tunnelled(Story story, SshCarrier carrier) {
    line(story, LOG.atDebug())
        .addKeyValue("server", carrier.server())
        .addKeyValue("user", Printable.text(carrier.user()))
        .log("tunnelled");
  }

  @Override
  public void fellBack(Story story, String detail) {
    withFallback(story, line(story, LOG.atWarn()))
        .addKeyValue("detail", Printable.text(detail))
        .log("no tunnel: goes on in plaintext");
  }

  @Override
  public void ended(Story story, EndReason reason, String detail) {
    LoggingEventBuilder line = line(story, LOG.atInfo());
    if (story.carrier().isPresent()) {
      line = line.addKeyValue("server", story.carrier().get().server());
    }
    line =
        withFallback(story, line)
            .addKeyValue("bytesIn", story.bytesFromClient())
            .addKeyValue("bytesOut", story.bytesToClient())
            .addKeyValue("duration", story.duration().toMillis() + "ms")
            .addKeyValue("reason", reason);
    if (!detail.isEmpty()) {
      line = line.addKeyValue("detail", Printable.text(detail));
    }
    line.log("connection ended");
  }

  private static LoggingEventBuilder withFallback(Story story, LoggingEventBuilder line) {
    return story.fallback().isPresent()
        ? line.addKeyValue("fallback", story.fallback().get())
        : line;
  }

  private static LoggingEventBuilder line(Story story, LoggingEventBuilder line) {
    String host = Printable.text(story.request().host());
    return line.addKeyValue("conn", story.number())
        .addKeyValue("listener", story.listener())
        .addKeyValue("src", Endpoints.text(story.client()))
        .addKeyValue("dst", Endpoints.text(host, story.request().port()))
        .addKeyValue("rule", story.rule())
        .addKeyValue("action", story.action());
  }
}
