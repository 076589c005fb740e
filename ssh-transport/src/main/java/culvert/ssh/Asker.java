package culvert.ssh;

import java.util.function.Consumer;

/**
 * On whose behalf names are looked up: what there is of threads is shared out between askers, so
 * that nobody waits for what others have asked. Any thread may call.
 */
public interface Asker {

  /** The daemon itself, for what no client has asked for. */
  Asker CULVERT =
      new Asker() {
        @Override
        public Object place() {
          return "culvert";
        }

        @Override
        public void identify(Consumer<Object> answer) {
          answer.accept(place());
        }
      };

  /** Where it comes from, known at once; several askers may come from one place. */
  Object place();

  /**
   * Tells apart who comes from one place; may have to find that out first.
   *
   * @param answer is given something that is equal for one and the same asker; called once at most,
   *     on any thread
   */
  void identify(Consumer<Object> answer);
}
