package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import culvert.config.SshLogin;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where logins may block. What asks an agent, which may ask a person, has a few threads of its own:
 * names, files and other logins do not wait for it. Thread-safe.
 */
final class LoginThreads implements AutoCloseable {
  static final int AGENT_THREADS = 4;
  private static final int WAITING = 1000;

  private final Executor blocking;
  private final ThreadPoolExecutor agents;

  /**
   * No threads yet.
   *
   * @param blocking for all that asks no agent; the caller owns it
   */
  LoginThreads(Executor blocking) {
    this.blocking = blocking;
    agents =
        new ThreadPoolExecutor(
            AGENT_THREADS,
            AGENT_THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            LoginThreads::newThread,
            LoginThreads::reject);
    agents.allowCoreThreadTimeOut(true);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "culvert-ssh-agent");
    thread.setDaemon(true);
    return thread;
  }

  private static void reject(Runnable task, ThreadPoolExecutor pool) {
    throw new RejectedExecutionException(
        pool.isShutdown() ? "shutting down" : "too many logins wait for the agent");
  }

  /** For gathering what there is to log in with. */
  Executor toPrepare(SshLogin login) {
    return login.identityAgent().isPresent()
            && login.authentication().contains(AuthMethod.PUBLICKEY)
        ? agents
        : blocking;
  }

  Executor toSign(Signer signer) {
    return signer instanceof AgentKey ? agents : blocking;
  }

  /** Breaks off what still waits for an agent. */
  @Override
  public void close() {
    agents.shutdownNow();
  }
}
