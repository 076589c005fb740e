package culvert.proxy.audit;

import java.time.Instant;

/**
 * An event as it waits to be written: in as many octets as its line will have, near enough.
 *
 * @param fields as JSON, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record EncodedEvent(AuditCode code, Instant time, byte[] fields) {
  /** Of the line, and of what holds it here. */
  private static final int OVERHEAD = 256;

  /**
   * @throws RuntimeException it is no JSON
   */
  static EncodedEvent of(AuditEvent event) {
    return new EncodedEvent(event.code(), event.time(), AuditJson.encode(event.fields()));
  }

  int octets() {
    return fields.length + OVERHEAD;
  }
}
