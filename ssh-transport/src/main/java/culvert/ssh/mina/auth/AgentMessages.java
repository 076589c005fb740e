package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The messages of the SSH agent protocol (draft-ietf-sshm-ssh-agent) that a login needs, without
 * the length in front of them. No I/O.
 */
final class AgentMessages {
  /** OpenSSH's own limits. */
  static final int MAX_OCTETS = 256 * 1024;

  private static final int MAX_KEYS = 2048;

  private static final int FAILURE = 5;
  private static final int REQUEST_IDENTITIES = 11;
  private static final int IDENTITIES_ANSWER = 12;
  private static final int SIGN_REQUEST = 13;
  private static final int SIGN_RESPONSE = 14;

  private static final int RSA_SHA2_256 = 2;
  private static final int RSA_SHA2_512 = 4;

  private AgentMessages() {}

  record Listed(KeyBlob key, String comment) {}

  static byte[] requestIdentities() {
    return new byte[] {REQUEST_IDENTITIES};
  }

  /** Asks for a signature (section 3.6). */
  static byte[] signRequest(KeyBlob key, byte[] data, int flags) {
    byte[] blob = key.octets();
    return ByteBuffer.allocate(1 + 4 + blob.length + 4 + data.length + 4)
        .put((byte) SIGN_REQUEST)
        .putInt(blob.length)
        .put(blob)
        .putInt(data.length)
        .put(data)
        .putInt(flags)
        .array();
  }

  /** Without a flag an agent signs with SHA-1 for an RSA key (section 3.6.1). */
  static int flags(String signatureAlgorithm) {
    return switch (signatureAlgorithm) {
      case "rsa-sha2-256" -> RSA_SHA2_256;
      case "rsa-sha2-512" -> RSA_SHA2_512;
      default -> 0;
    };
  }

  /**
   * The answer to {@link #requestIdentities}. A key that cannot be read is left out: the others are
   * as good as without it.
   */
  static List<Listed> identities(byte[] answer) throws IOException {
    WireReader in = new WireReader(answer);
    expect(in, IDENTITIES_ANSWER, "the list of keys");
    long count = in.uint32("number of keys");
    if (count > MAX_KEYS) {
      throw new IOException("is damaged: " + count + " keys (expected: at most " + MAX_KEYS + ")");
    }
    List<Listed> listed = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      byte[] key = in.string("key");
      String comment = in.text("comment");
      readable(key).ifPresent(blob -> listed.add(new Listed(blob, comment)));
    }
    in.end();
    return listed;
  }

  private static Optional<KeyBlob> readable(byte[] key) {
    try {
      return Optional.of(new KeyBlob(key));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The answer to {@link #signRequest}: the signature, with its algorithm's name. */
  static byte[] signature(byte[] answer) throws IOException {
    WireReader in = new WireReader(answer);
    expect(in, SIGN_RESPONSE, "a signature");
    byte[] signature = in.string("signature");
    in.end();
    return signature;
  }

  private static void expect(WireReader in, int type, String what) throws IOException {
    int found = in.octet("message type");
    if (found == FAILURE) {
      throw new IOException("refused");
    }
    if (found != type) {
      throw new IOException("answered with message " + found + " (expected: " + what + ")");
    }
  }
}
