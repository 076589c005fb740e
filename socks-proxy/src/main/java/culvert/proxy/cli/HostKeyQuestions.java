package culvert.proxy.cli;

import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.Check;
import culvert.ssh.HostKeys.ServerHostKey;
import culvert.ssh.HostKeys.StaleKey;
import culvert.ssh.SshException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Asks many servers for their host keys, some at a time. The answers come in the order of the
 * servers, on the thread that asks.
 */
final class HostKeyQuestions {
  private static final int AT_A_TIME = 16;

  private final HostKeys hostKeys;

  HostKeyQuestions(HostKeys hostKeys) {
    this.hostKeys = hostKeys;
  }

  /** What one server answered. */
  sealed interface Answer {
    AskedServer server();
  }

  /**
   * The server's keys; none were fetched where the check was all that was wanted.
   *
   * @param stale what the files say instead
   */
  record Answered(AskedServer server, Check check, List<ServerHostKey> keys, List<StaleKey> stale)
      implements Answer {
    Answered {
      keys = List.copyOf(keys);
      stale = List.copyOf(stale);
    }
  }

  /** Why there is no answer. */
  record Failed(AskedServer server, String reason) implements Answer {}

  /** Compares the servers with known_hosts. */
  void check(List<AskedServer> servers, Consumer<Answer> answers) {
    ask(servers, server -> new Answered(server, checkOne(server), List.of(), List.of()), answers);
  }

  /** Fetches all keys too. */
  void fetch(List<AskedServer> servers, Consumer<Answer> answers) {
    ask(
        servers,
        server -> {
          List<ServerHostKey> keys = hostKeys.fetch(server.server());
          HostKeys.Server asked = server.server();
          List<StaleKey> stale =
              hostKeys.stale(server.hostKeys(), asked.host(), asked.port(), keys);
          // The check comes last: where somebody else replaces keys meanwhile, it finds them known.
          return new Answered(server, checkOne(server), keys, stale);
        },
        answers);
  }

  private interface Question {
    Answer ask(AskedServer server) throws SshException, IOException;
  }

  private Check checkOne(AskedServer server) throws SshException, IOException {
    return hostKeys.check(server.hostKeys(), server.server());
  }

  private static void ask(List<AskedServer> servers, Question question, Consumer<Answer> answers) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(AT_A_TIME, servers.size()),
            task -> {
              Thread thread = new Thread(task, "culvert-trust");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<Answer>> asked =
          servers.stream().map(server -> threads.submit(asking(question, server))).toList();
      for (Future<Answer> one : asked) {
        answers.accept(one.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static Callable<Answer> asking(Question question, AskedServer server) {
    return () -> {
      try {
        return question.ask(server);
      } catch (SshException | IOException e) {
        return new Failed(server, String.valueOf(e.getMessage()));
      }
    };
  }
}
