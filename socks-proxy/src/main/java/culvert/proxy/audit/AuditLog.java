package culvert.proxy.audit;

/** Where events are told. Thread-safe; nothing blocks. */
public interface AuditLog {

  /** Of a task that has run. */
  Runnable NOTHING_TO_GIVE_UP = () -> {};

  /** No trail is kept. */
  AuditLog NONE =
      new AuditLog() {
        @Override
        public void record(AuditEvent event) {}

        @Override
        public Runnable whenRoom(Runnable task) {
          task.run();
          return NOTHING_TO_GIVE_UP;
        }
      };

  /** It will be written, or counted as lost. */
  void record(AuditEvent event);

  /**
   * Runs the task when the trail has room for what a job has to tell: at once, or, where jobs are
   * to wait for a trail that cannot be written, when it can. On any thread, and so it should only
   * hand over.
   *
   * @return gives it up, if it has not run
   */
  Runnable whenRoom(Runnable task);
}
