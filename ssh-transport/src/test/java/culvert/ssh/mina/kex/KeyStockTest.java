package culvert.ssh.mina.kex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.kex.KeyEncapsulationMethod.Client;
import org.apache.sshd.common.kex.KeyEncapsulationMethod.Server;
import org.junit.jupiter.api.Test;

/** Keys are made elsewhere, used once, and made on the spot where there are none. */
class KeyStockTest {
  private final AtomicInteger made = new AtomicInteger();
  private final Queue<Runnable> blocking = new ArrayDeque<>();
  private final KeyStock stock = new KeyStock(new Counting(), blocking::add);

  @Test
  void keysFromStockAgreeOnASecret() {
    stock.fill();
    for (int i = 0; i < KeyStock.SIZE + 1; i++) {
      Client client = stock.getClient();
      client.init();
      Server server = stock.getServer();
      server.init(client.getPublicKey());

      assertThat(client.getEncapsulationLength()).isEqualTo(server.getEncapsulation().length);
      assertThat(client.extractSecret(server.getEncapsulation())).isEqualTo(server.getSecret());
    }
  }

  @Test
  void untilTheFirstIsUsedThereIsOnlyThatOne() {
    stock.begin();
    stock.begin();
    assertThat(made).hasValue(1);

    stock.getClient().init();
    blocking.remove().run();
    assertThat(made).hasValue(1 + KeyStock.SIZE);
    assertThat(stock.size()).isEqualTo(KeyStock.SIZE);
  }

  @Test
  void aKeyPairIsUsedOnce() {
    stock.fill();
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 3 * KeyStock.SIZE; i++) {
      Client client = stock.getClient();
      client.init();
      keys.add(java.util.HexFormat.of().formatHex(client.getPublicKey()));
      if (i % 2 == 0) {
        blocking.remove().run();
      }
    }

    assertThat(keys).hasSize(3 * KeyStock.SIZE);
  }

  @Test
  void whoTakesOneMakesNone() {
    stock.fill();
    assertThat(made).hasValue(KeyStock.SIZE);

    stock.getClient().init();
    assertThat(made).hasValue(KeyStock.SIZE);
    assertThat(blocking).hasSize(1);

    blocking.remove().run();
    assertThat(made).hasValue(KeyStock.SIZE + 1);
    assertThat(stock.size()).isEqualTo(KeyStock.SIZE);
  }

  @Test
  void anEmptyStockIsNoObstacle() {
    Client client = stock.getClient();
    assertThat(made).hasValue(0);
    client.init();
    assertThat(made).hasValue(1);
  }

  @Test
  void aPoolThatIsClosedIsNoObstacle() {
    KeyStock closing =
        new KeyStock(
            BuiltinKEM.mlkem768,
            task -> {
              throw new RejectedExecutionException("closed");
            });
    closing.fill();

    assertThat(closing.getClient().getPublicKey()).isNotEmpty();
  }

  private final class Counting implements KeyEncapsulationMethod {
    @Override
    public Client getClient() {
      Client client = BuiltinKEM.mlkem768.getClient();
      return new Client() {
        @Override
        public void init() {
          made.incrementAndGet();
          client.init();
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
      };
    }

    @Override
    public Server getServer() {
      return BuiltinKEM.mlkem768.getServer();
    }
  }
}
