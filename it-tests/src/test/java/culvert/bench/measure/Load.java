package culvert.bench.measure;

import culvert.bench.rig.FtpSite;
import culvert.bench.rig.ProxyUnderTest;
import culvert.it.peers.CurlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sixteen downloads through a proxy, again and again until it is closed. */
final class Load implements AutoCloseable {
  private static final long BEGIN_SECONDS = 60;
  private static final long END_SECONDS = 60;

  private final CountDownLatch flowing = new CountDownLatch(Throughput.MANY);
  private final CompletableFuture<Void> downloads = new CompletableFuture<>();
  private volatile boolean ending;

  private Load() {}

  /** Starts it, and returns when each stream has transferred its first file. */
  static Load start(FtpSite site, ProxyUnderTest proxy, int bytes) throws Exception {
    Load load = new Load();
    CurlClient curl = site.through(proxy);
    Path file = site.file(bytes);
    String url = site.url(file.getFileName().toString());
    Thread thread = new Thread(() -> load.run(curl, url, bytes), "load");
    thread.setDaemon(true);
    thread.start();
    try {
      load.awaitFlow();
      return load;
    } catch (Exception e) {
      try (load) {
        throw e;
      }
    }
  }

  private void awaitFlow() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BEGIN_SECONDS);
    while (!flowing.await(100, TimeUnit.MILLISECONDS)) {
      check();
      if (System.nanoTime() > deadline) {
        throw new IOException("16 streams have not begun within " + BEGIN_SECONDS + " s");
      }
    }
  }

  private void run(CurlClient curl, String url, int bytes) {
    try {
      AtOnce.run(Throughput.MANY, i -> () -> download(curl, url, bytes));
      downloads.complete(null);
    } catch (Exception e) {
      downloads.completeExceptionally(e);
    }
  }

  private boolean download(CurlClient curl, String url, int bytes) throws IOException {
    while (!ending) {
      Transfer.download(curl, url, bytes);
      flowing.countDown();
    }
    return true;
  }

  /** Fails if one of the downloads has failed. */
  void check() {
    if (downloads.isDone()) {
      downloads.join();
    }
  }

  /** Lets the files come to their end. Fails if one of the downloads has failed. */
  @Override
  public void close() {
    ending = true;
    downloads.orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
  }
}
