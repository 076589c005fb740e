package culvert.ssh;

import java.util.function.Consumer;

/**
 * On whose behalf names are looked up and new host keys accepted: what there is of threads and of
 * room is shared out between askers, so that nobody goes short by what others have asked. One
 * client is one asker, however many addresses it has. Any thread may call.
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
