package culvert.proxy.event;

/** Counts the bytes of connections as they pass. Thread-safe; must not block. */
public interface ByteMeter {

  /** Counts nothing. */
  ByteMeter NONE =
      new ByteMeter() {
        @Override
        public void up(long bytes) {}

        @Override
        public void down(long bytes) {}
      };

  /** From the client to the server. */
  void up(long bytes);

  /** From the server to the client. */
  void down(long bytes);
}
