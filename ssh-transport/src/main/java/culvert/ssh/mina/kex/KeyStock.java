package culvert.ssh.mina.kex;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;

/**
 * A key encapsulation whose clients have their key pairs already: Bouncy Castle takes 40 ms for one
 * of sntrup761, and an event loop has no time for that. Each pair is used once. One pair takes 100
 * MB of garbage, too: until the first is used, there is only that one. Thread-safe.
 */
final class KeyStock implements KeyEncapsulationMethod {
  static final int SIZE = 4;

  private final KeyEncapsulationMethod kem;
  private final Executor blocking;
  private final Queue<Client> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger wanted = new AtomicInteger(SIZE);

  KeyStock(KeyEncapsulationMethod kem, Executor blocking) {
    this.kem = kem;
    this.blocking = blocking;
  }

  /** Makes the first one; blocks. */
  void begin() {
    if (ready.isEmpty()) {
      makeOne();
    }
  }

  /** Makes what is missing; blocks. */
  void fill() {
    while (makeOne()) {
      // the next
    }
  }

  private boolean makeOne() {
    if (wanted.getAndUpdate(count -> Math.max(0, count - 1)) == 0) {
      return false;
    }
    Client client = kem.getClient();
    client.init();
    ready.add(client);
    return true;
  }

  int size() {
    return ready.size();
  }

  @Override
  public Client getClient() {
    Client client = ready.poll();
    if (client == null) {
      return kem.getClient();
    }
    wanted.incrementAndGet();
    try {
      blocking.execute(this::fill);
    } catch (RejectedExecutionException e) {
      return new Initialized(client); // closing: nobody needs another one
    }
    return new Initialized(client);
  }

  @Override
  public Server getServer() {
    return kem.getServer();
  }

  /** A client that is not to make keys again. */
  private record Initialized(Client client) implements Client {
    @Override
    public void init() {
      // it has its keys
    }

    @Override
    public byte[] getPublicKey() {
      return client.getPublicKey();
    }

    @Override
    public byte[] extractSecret(byte[] encapsulated) {
      return client.extractSecret(encapsulated);
    }

    @Override
    public int getEncapsulationLength() {
      return client.getEncapsulationLength();
    }
  }
}
