package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.TestFile;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Jobs of clients that know nothing of Culvert, with one file: to the server, from there, a list.
 *
 * @param file on the server, {@code file} in the folder of its clients
 */
record UnawareJobs(CaptureHosts hosts, Path file) {
  /** With a file of that size. */
  static UnawareJobs with(CaptureHosts hosts, int size) throws IOException {
    return new UnawareJobs(hosts, TestFile.create(hosts.folder().resolve("file"), size).path());
  }

  /** The clients that know IPv6. */
  static Set<UnawareClient> forIpv6() {
    return EnumSet.complementOf(EnumSet.of(UnawareClient.CURL_OF_IPV4, UnawareClient.NCFTP));
  }

  /** One in passive mode. */
  Job of(String address, UnawareClient client) throws IOException {
    return new Job(address, client, client.passive());
  }

  /** In passive mode, all at once, as users do. */
  void allAtOnce(String address, Set<UnawareClient> clients) throws Exception {
    inParallel(clients, client -> of(address, client));
  }

  /** The same in active mode. */
  void allActive(String address, Set<UnawareClient> clients) throws Exception {
    inParallel(clients, client -> new Job(address, client, client.active().orElseThrow()));
  }

  /** Makes one client's job. */
  @FunctionalInterface
  private interface Jobs {
    Job of(UnawareClient client) throws IOException;
  }

  private static void inParallel(Set<UnawareClient> clients, Jobs jobs) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> tasks = new ArrayList<>();
      for (UnawareClient client : clients) {
        tasks.add(
            () -> {
              try (Job job = jobs.of(client)) {
                job.upload();
                job.download();
                job.list();
                return client + " is done";
              }
            });
      }
      for (Future<String> done : threads.invokeAll(tasks)) {
        assertThat(done.get()).endsWith("is done");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What one client does, in directories of its own. */
  final class Job implements AutoCloseable {
    private final UnawareClient client;
    private final Path work;
    private final Map<String, String> variables = new HashMap<>();

    private Job(String address, UnawareClient client, String mode) throws IOException {
      this.client = client;
      this.work = TestAccount.newDirectory();
      variables.put("MODE", mode);
      variables.put("HOST", address.indexOf(':') < 0 ? address : "[" + address + "]");
      variables.put("ADDRESS", address);
      variables.put("USER", TestAccount.USER);
      variables.put("PASSWORD", TestAccount.password());
      variables.put("FOLDER", TestAccount.below(hosts.folder()));
      variables.put("JAVA", hosts.java());
    }

    void upload() throws IOException {
      if (client.upload().isPresent()) {
        String name = "from-" + work.getFileName();
        run(client.upload().get(), name, file);
        assertThat(Sha256.of(hosts.folder().resolve(name))).as("%s", client).isEqualTo(content());
      }
    }

    void download() throws IOException {
      Path copy = work.resolve("copy");
      run(client.download(), "file", copy);
      assertThat(Sha256.of(copy)).as("%s", client).isEqualTo(content());
    }

    void list() {
      assertThat(run(client.list(), "", work)).as("%s", client).contains("file");
    }

    private String run(String line, String name, Path here) {
      variables.put("NAME", name);
      variables.put("FILE", here.toString());
      Run<String> run = hosts.shell(line, variables, work);
      assertThat(run.exitCode()).as("%s: %s%s", client, run.output(), run.errors()).isZero();
      return run.output();
    }

    private Sha256 content() throws IOException {
      return Sha256.of(file);
    }

    @Override
    public void close() throws IOException {
      TestAccount.delete(work);
    }
  }
}
