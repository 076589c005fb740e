package culvert.proxy.audit;

/** Where events are told. Thread-safe; nothing blocks. */
public interface AuditLog {

  /** No trail is kept. */
  AuditLog NONE =
      new AuditLog() {
        @Override
        public void record(AuditEvent event) {}

        @Override
        public void whenRoom(Runnable task) {
          task.run();
        }
      };

  /** It will be written, or counted as lost. */
  void record(AuditEvent event);

  /**
   * Runs the task when the trail has room for what a job has to tell: at once, or, where jobs are
   * to wait for a trail that cannot be written, when it can. On any thread, and so it should only
   * hand over.
   */
  void whenRoom(Runnable task);
}
