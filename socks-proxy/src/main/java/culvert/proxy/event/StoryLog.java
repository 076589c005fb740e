package culvert.proxy.event;

import culvert.filter.DestinationNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The steps of stories, at DEBUG; what becomes of a job, the audit trail's events tell the log. */
final class StoryLog implements StoryObserver {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.event");

  @Override
  public void routed(Story story) {
    line(story).log("started");
  }

  @Override
  public void destinationNamed(Story story) {
    line(story).log("destination named");
  }

  @Override
  public void tunnelled(Story story, SshCarrier carrier) {
    line(story)
        .addKeyValue("ssh", Endpoints.fields(carrier))
        .addKeyValue("route", story.route())
        .log("tunnelled");
  }

  @Override
  public void inPlaintext(Story story) {
    line(story).addKeyValue("route", story.route()).log("in plaintext");
  }

  private static LoggingEventBuilder line(Story story) {
    LoggingEventBuilder line = LOG.atDebug().addKeyValue("job", story.job());
    LoggingEventBuilder told =
        (story.job().equals(story.id()) ? line : line.addKeyValue("transfer", story.id()))
            .addKeyValue("listener", story.listener())
            .addKeyValue("client", Endpoints.fields(story.client()))
            .addKeyValue(
                "destination", Endpoints.fields(story.request().host(), story.request().port()));
    return withNames(told, story.request().names())
        .addKeyValue("rule", story.rule())
        .addKeyValue("action", story.action());
  }

  /** Those of rules that stand for a captured client's address, by which the rule may match. */
  private static LoggingEventBuilder withNames(LoggingEventBuilder line, DestinationNames names) {
    return names instanceof DestinationNames.Known known && !known.names().isEmpty()
        ? line.addKeyValue("names", known.names().stream().sorted().toList())
        : line;
  }
}
