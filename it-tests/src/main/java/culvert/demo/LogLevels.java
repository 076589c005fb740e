package culvert.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of the log is shown beside the story: the embedded servers' only when they fail, Culvert's
 * warnings, and all of Culvert's when the user asked for more than the usual.
 */
final class LogLevels {
  private final Logger culvert = logger("culvert");
  private final Level configured = culvert.getEffectiveLevel();

  private LogLevels() {}

  static LogLevels forTheStory() {
    LogLevels levels = new LogLevels();
    logger("culvert.testing").setLevel(Level.ERROR);
    if (levels.configured == Level.INFO) {
      levels.culvert.setLevel(Level.WARN);
      logger("org.apache.sshd").setLevel(Level.ERROR);
      logger("org.apache.ftpserver").setLevel(Level.ERROR);
    }
    return levels;
  }

  /** From now on Culvert logs as it would for {@code culvert run}. */
  void forTheUsersClient() {
    culvert.setLevel(configured);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}
