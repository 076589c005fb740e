package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.proxy.ProxyDaemon;
import culvert.proxy.handover.ExecDoor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The proxy itself as {@code culvert run} sees it. */
record RunningProxy(ProxyDaemon proxy, IdleHeap heap) implements Daemon {

  /** Less than the 90 s after which systemd kills. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static Daemon start(CulvertConfig config) throws IOException {
    return of(ProxyDaemon.start(config));
  }

  /** With the log's losses among its metrics. */
  static Daemon of(ProxyDaemon proxy) {
    proxy.counter("culvert.log.dropped", "Lines of the log that nobody has read", Logging::dropped);
    return new RunningProxy(proxy, IdleHeap.ofProcess());
  }

  @Override
  public List<String> listeners() {
    return proxy.listeners().stream().map(ProxyDaemon.Listener::toString).toList();
  }

  @Override
  public List<String> reload(CulvertConfig config) throws IOException {
    return proxy.reload(config);
  }

  @Override
  public void reloadFailed() {
    proxy.reloadFailed();
  }

  @Override
  public void reopen() {
    proxy.reopen();
  }

  @Override
  public ExecDoor acceptCommands(Path socket) throws IOException {
    return proxy.acceptCommands(socket);
  }

  @Override
  public void drain() throws InterruptedException {
    try (proxy;
        heap) {
      proxy.drain(PATIENCE);
    }
  }

  @Override
  public void cut() {
    proxy.cut();
  }
}
