package culvert.proxy.cli;

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
   * nothing to speak of.
   */
  static Signals ofProcess() {
    return (name, action) -> {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
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
        Object before =
            signal
                .getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        if (before == handler.getField("SIG_IGN").get(null)) {
          LOG.atLevel(name.equals("INT") ? Level.DEBUG : Level.WARN)
              .log(
                  "SIG{} is ignored: whoever has started Culvert wants it so, as nohup does", name);
        }
      } catch (ReflectiveOperationException e) {
        LOG.debug("no signal {} here", name, e);
      }
    };
  }
}
