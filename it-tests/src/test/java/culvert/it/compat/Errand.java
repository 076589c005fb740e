package culvert.it.compat;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What one client is to do in one mode. The site's folder has the files large, medium and small.
 */
record Errand(FtpClientProgram client, Mode mode, Task task) {

  /**
   * Has it done, and compares what the client has brought; what it has uploaded, which is medium,
   * the caller looks at.
   *
   * @param files a directory here that has medium and small, too
   * @param uploaded the name of an upload on the server
   */
  void run(Site site, Path files, String uploaded) throws Exception {
    Path copy = site.work().resolve("copy");
    switch (task) {
      case UPLOAD -> client.upload(site, mode, files.resolve("medium"), uploaded);
      case DOWNLOAD -> {
        client.download(site, mode, "medium", copy);
        assertSame(copy, files.resolve("medium"));
      }
      case LIST -> assertThat(client.list(site, mode)).contains("large", "medium", "small");
      case ABORT -> {
        client.abort(site, mode, "large", "small", copy);
        assertSame(copy, files.resolve("small"));
      }
      case PARALLEL -> {
        Path other = site.work().resolve("other");
        inParallel(
            () -> client.download(site, mode, "medium", copy),
            () -> client.download(site, mode, "small", other));
        assertSame(copy, files.resolve("medium"));
        assertSame(other, files.resolve("small"));
      }
    }
  }

  private static void assertSame(Path copy, Path original) throws IOException {
    assertThat(Sha256.of(copy)).isEqualTo(Sha256.of(original));
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void inParallel(Action... actions) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(actions.length);
    try {
      List<Future<Object>> running = new ArrayList<>();
      for (Action action : actions) {
        Callable<Object> task =
            () -> {
              action.run();
              return "done";
            };
        running.add(threads.submit(task));
      }
      for (Future<Object> one : running) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
