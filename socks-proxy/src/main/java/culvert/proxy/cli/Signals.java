package culvert.proxy.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Signals from the operating system. */
interface Signals {
  Logger LOG = LoggerFactory.getLogger(Signals.class);

  /** Those by which a JVM ends, and which it leaves alone where it was started to ignore them. */
  Set<String> LEFT_IGNORED = Set.of("HUP", "INT", "TERM");

  /**
   * Runs the action, on a thread of its own, each time the signal arrives.
   *
   * @param name without {@code SIG}
   */
  void on(String name, Runnable action);

  /**
   * Keeps a signal that means nothing to a command from ending it, as it would by default.
   *
   * @param instead what to do, for the log
   */
  default void survive(String name, String instead) {
    on(name, () -> LOG.info("SIG{} means nothing here: {}", name, instead));
  }

  /**
   * The process's own. The type behind it, {@code sun.misc.Signal}, is in every JDK but out of
   * bounds for the compiler, hence the reflection; where there is no such signal, as SIGHUP on
   * Windows, nothing happens. One of {@link #LEFT_IGNORED} that the process was started with as
   * ignored stays so, and the log says so; a shell's background jobs ignore SIGINT, which is
   * nothing to speak of. The one by which HotSpot suspends threads is left to it.
   */
  static Signals ofProcess() {
    return (name, action) -> {
      try {
        Object signal =
            Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
        int number = (int) signal.getClass().getMethod("getNumber").invoke(signal);
        if (SuspendSignal.is(name, number, System.getenv())) {
          LOG.info(
              "SIG{} ends this process, as HotSpot suspends threads with it; {}=64 in the"
                  + " environment gives HotSpot another",
              name,
              SuspendSignal.VARIABLE);
        } else {
          handle(signal, name, action);
        }
      } catch (ReflectiveOperationException e) {
        LOG.debug("no signal {} here", name, e);
      }
    };
  }

  private static void handle(Object signal, String name, Runnable action)
      throws ReflectiveOperationException {
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            handler.getClassLoader(),
            new Class<?>[] {handler},
            (self, method, arguments) -> {
              if (method.getName().equals("handle")) {
                action.run();
              }
              return null;
            });
    try {
      Object before =
          signal
              .getClass()
              .getMethod("handle", signal.getClass(), handler)
              .invoke(null, signal, proxy);
      if (LEFT_IGNORED.contains(name) && before == handler.getField("SIG_IGN").get(null)) {
        LOG.atLevel(name.equals("INT") ? Level.DEBUG : Level.WARN)
            .log("SIG{} is ignored: whoever has started Culvert wants it so, as nohup does", name);
      }
    } catch (InvocationTargetException e) {
      Throwable why = e.getCause() == null ? e : e.getCause(); // such as that of -Xrs
      LOG.warn("SIG{} has its default effect: {}", name, why.getMessage());
    }
  }
}
