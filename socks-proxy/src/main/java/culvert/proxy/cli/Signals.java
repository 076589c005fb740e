package culvert.proxy.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Signals from the operating system. */
interface Signals {
  Logger LOG = LoggerFactory.getLogger(Signals.class);

  /**
   * Runs the action, on a thread of its own, each time the signal arrives.
   *
   * @param name without {@code SIG}
   */
  void on(String name, Runnable action);

  /**
   * The process's own. The type behind it, {@code sun.misc.Signal}, is in every JDK but out of
   * bounds for the compiler, hence the reflection; where there is no such signal, as SIGHUP on
   * Windows, nothing happens. A signal that the process was started with as ignored stays so, which
   * the JVM sees to for these, and the log says; a shell's background jobs ignore SIGINT, which is
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
      if (before == handler.getField("SIG_IGN").get(null)) {
        LOG.atLevel(name.equals("INT") ? Level.DEBUG : Level.WARN)
            .log("SIG{} is ignored: whoever has started Culvert wants it so, as nohup does", name);
      }
    } catch (InvocationTargetException e) {
      Throwable why = e.getCause() == null ? e : e.getCause(); // such as that of -Xrs
      LOG.warn("SIG{} has its default effect: {}", name, why.getMessage());
    }
  }
}
