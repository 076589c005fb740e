package culvert.proxy.cli;

import java.lang.reflect.Proxy;

/** Signals from the operating system. */
interface Signals {

  /**
   * Runs the action, on a thread of its own, each time the signal arrives.
   *
   * @param name without {@code SIG}
   */
  void on(String name, Runnable action);

  /**
   * The process's own. The type behind it, {@code sun.misc.Signal}, is in every JDK but out of
   * bounds for the compiler, hence the reflection; where there is no such signal, as SIGHUP on
   * Windows, nothing happens.
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
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      } catch (ReflectiveOperationException e) {
        org.slf4j.LoggerFactory.getLogger(Signals.class).debug("no signal {} here", name, e);
      }
    };
  }
}
