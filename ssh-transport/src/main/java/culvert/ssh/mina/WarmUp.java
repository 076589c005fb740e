package culvert.ssh.mina;

import culvert.ssh.mina.connection.MinaClient;
import culvert.ssh.mina.kex.SessionSettings;
import java.security.KeyPairGenerator;
import java.util.List;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what the first key exchange of a process needs: providers, ciphers and key agreements cost
 * a cold JVM seconds, which the first client would else wait for on an event loop. Blocks.
 */
final class WarmUp implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private final MinaClient client;
  private final SessionSettings settings;

  WarmUp(MinaClient client, SessionSettings settings) {
    this.client = client;
    this.settings = settings;
  }

  @Override
  public void run() {
    try {
      client.build();
      agreeOnKeys();
      encrypt();
      sign();
      settings.makeKeyAhead();
      log.debug("warm-up: done");
    } catch (Exception e) {
      log.debug("warm-up: {}; the first SSH connection will do it", e.toString());
    }
  }

  private static void agreeOnKeys() throws Exception {
    for (BuiltinDHFactories factory :
        List.of(BuiltinDHFactories.mlkem768x25519, BuiltinDHFactories.curve25519)) {
      if (factory.isSupported()) {
        factory.create().getE();
      }
    }
  }

  private static void encrypt() throws Exception {
    Cipher cipher = BuiltinCiphers.aes128gcm.create();
    cipher.init(Cipher.Mode.Encrypt, new byte[cipher.getKdfSize()], new byte[cipher.getIVSize()]);
    byte[] packet = new byte[4 + 16 + cipher.getAuthenticationTagSize()];
    cipher.updateAAD(packet, 0, 4);
    cipher.update(packet, 4, 16);
  }

  private static void sign() throws Exception {
    KeyPairGenerator generator = SecurityUtils.getKeyPairGenerator(SecurityUtils.ED25519);
    BuiltinSignatures.ed25519.create().initVerifier(null, generator.generateKeyPair().getPublic());
  }
}
