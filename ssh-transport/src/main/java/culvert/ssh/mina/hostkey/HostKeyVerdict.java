package culvert.ssh.mina.hostkey;

/** What is to be thought of a server's host key. */
public sealed interface HostKeyVerdict {

  /** The host as known_hosts spells it. */
  String host();

  /** Whether the connection may go on. */
  default boolean accepted() {
    return false;
  }

  /** For the user; names host, fingerprints, file and line. */
  String message();

  /** known_hosts has this very key. */
  record Known(String host, KnownKey known) implements HostKeyVerdict {
    @Override
    public boolean accepted() {
      return true;
    }

    @Override
    public String message() {
      return "host key of " + host + " is known (" + known.key() + ", " + known.location() + ")";
    }
  }

  /** Nothing was known, and the policy is {@code accept-new}: the key is to be written down. */
  record NewAccepted(String host, HostKey key) implements HostKeyVerdict {
    @Override
    public boolean accepted() {
      return true;
    }

    @Override
    public String message() {
      return "host key of " + host + " is new and accepted (" + key + ")";
    }
  }

  /** Nothing is known, and the policy is {@code yes}. */
  record Unknown(String host, HostKey key) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of " + host + " is unknown (" + key + "): not sending credentials";
    }
  }

  /** Other keys are known, this one is not among them; other types count too, as in OpenSSH. */
  record Changed(String host, KnownKey expected, HostKey got) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s changed (expected %s, %s; got %s): not sending credentials"
          .formatted(host, expected.key(), expected.location(), got);
    }
  }

  /** known_hosts says {@code @revoked}. */
  record Revoked(String host, KnownKey revocation) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is revoked (%s, %s): not sending credentials"
          .formatted(host, revocation.key(), revocation.location());
    }
  }

  /** Another key than the one that this connection began with, at a later key exchange. */
  record Switched(String host, HostKey expected, HostKey got) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s changed within the connection (expected %s; got %s): breaking off"
          .formatted(host, expected, got);
    }
  }

  /** The server shows a key and cannot prove that it is its own. */
  record BadlySigned(String host, HostKey key) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is badly signed (%s): not sending credentials".formatted(host, key);
    }
  }

  /** An RSA key that proves nothing. */
  record TooShort(String host, HostKey key, int bits, int expectedBits) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is too short (%s, %d bits, expected at least %d): not sending credentials"
          .formatted(host, key, bits, expectedBits);
    }
  }
}
