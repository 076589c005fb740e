package culvert.proxy.audit;

/**
 * What an event is: the word for people, and a code that stays the same whatever becomes of the
 * word.
 */
public enum AuditCode {
  START("start", "CV0001"),
  STOP("stop", "CV0002"),
  RELOAD("reload", "CV0003"),
  LOST("audit.lost", "CV0101"),
  JOB_ENDED("job.ended", "CV1001"),
  /** No tunnel could be made, and the job was connected in plaintext. */
  PLAINTEXT("fallback", "CV1002"),
  TRANSFER_ENDED("transfer.ended", "CV1003"),
  PINNED("pinned", "CV1101"),
  UNPINNED("unpinned", "CV1102"),
  HOST_KEY_CHANGED("hostkey.changed", "CV2001"),
  LOGIN_REFUSED("refused", "CV2002"),
  HOST_KEY_REFUSED("refused", "CV2003"),
  RULE_REFUSED("refused", "CV2004"),
  /** By a front door, before it had asked for anything. */
  DOOR_REFUSED("refused", "CV2005"),
  REFUSED("refused", "CV2006"),
  HOST_KEY_NEW("hostkey.new", "CV2010");

  private final String event;
  private final String code;

  AuditCode(String event, String code) {
    this.event = event;
    this.code = code;
  }

  /** The field {@code event}. */
  public String event() {
    return event;
  }

  /** The field {@code code}. */
  public String code() {
    return code;
  }
}
