package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** What an agent may answer in place of a signature. */
enum WrongSignature {
  NOT_WRONG,
  BIT_FLIPPED,
  OF_OTHER_DATA,
  BY_ANOTHER_KEY,
  OF_ANOTHER_TYPE,
  TRUNCATED,
  EMPTY;

  /**
   * An agent that lists one key, and signs wrongly for it.
   *
   * @param listed the key, or a certificate for it
   * @param name of the test key
   */
  FakeAgent agent(Path socket, byte[] listed, String name) throws Exception {
    FileKey key = key(name);
    FileKey other = key(name.startsWith("ed25519") ? "ed25519-pkcs8" : otherKey(name));
    return new FakeAgent(
        socket,
        request ->
            FakeAgent.framed(
                request[0] == 11 ? FakeAgent.listing(listed) : answer(request, key, other)));
  }

  private static String otherKey(String name) {
    return name.startsWith("rsa") ? "rsa-pkcs8" : "ecdsa-sec1";
  }

  static FileKey key(String name) throws IOException, GeneralSecurityException {
    return new FileKey(PrivateKeyFile.parse(TestKeys.resource(name), Optional.empty()));
  }

  private byte[] answer(byte[] request, FileKey key, FileKey other) throws IOException {
    WireReader in = new WireReader(Arrays.copyOfRange(request, 1, request.length));
    in.string("key");
    byte[] data = in.string("data");
    long flags = in.uint32("flags");
    String algorithm = flags == 4 ? "rsa-sha2-512" : flags == 2 ? "rsa-sha2-256" : key.key().type();
    byte[] signature = signature(algorithm, data, key, other);
    return ByteBuffer.allocate(5 + signature.length)
        .put((byte) 14)
        .putInt(signature.length)
        .put(signature)
        .array();
  }

  /** With its algorithm's name. */
  byte[] signature(String algorithm, byte[] data, FileKey key, FileKey other) throws IOException {
    byte[] right = sign(this == BY_ANOTHER_KEY ? other : key, algorithm, data);
    WireReader in = new WireReader(right);
    in.text("algorithm");
    byte[] octets = in.string("signature");
    return switch (this) {
      case NOT_WRONG, BY_ANOTHER_KEY -> right;
      case OF_OTHER_DATA -> sign(key, algorithm, new byte[] {1, 2, 3});
      case BIT_FLIPPED -> {
        right[right.length - 5] ^= 1;
        yield right;
      }
      case OF_ANOTHER_TYPE ->
          named(algorithm.equals("ssh-ed25519") ? "ssh-rsa" : "ssh-ed25519", octets);
      case TRUNCATED -> named(algorithm, Arrays.copyOf(octets, octets.length - 1));
      case EMPTY -> named(algorithm, new byte[0]);
    };
  }

  private static byte[] sign(FileKey key, String algorithm, byte[] data) throws IOException {
    try {
      return key.sign(null, algorithm, data, Duration.ZERO);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static byte[] named(String algorithm, byte[] octets) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putString(algorithm);
    buffer.putBytes(octets);
    return buffer.getCompactData();
  }
}
