package culvert.ssh.mina.hostkey;

import culvert.ssh.HostKeyChange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is to be thought of a server's host key. */
public sealed interface HostKeyVerdict {

  /** The host as known_hosts spells it; with an alias also what it stands for. */
  String host();

  /** Whether the connection may go on. */
  default boolean accepted() {
    return false;
  }

  /** How something else is known of the host than the key that it shows; empty: it is not. */
  default Optional<HostKeyChange> change() {
    return Optional.empty();
  }

  /** For the user; names host, fingerprints, file and line. */
  String message();

  /** The names that the key is to be written down under after the login; mostly none. */
  default List<String> namesToWrite() {
    return List.of();
  }

  /**
   * known_hosts has this very key.
   *
   * @param namesToWrite the server's address, if nothing was known of that
   */
  record Known(String host, KnownKey known, List<String> namesToWrite) implements HostKeyVerdict {
    public Known {
      namesToWrite = List.copyOf(namesToWrite);
    }

    @Override
    public boolean accepted() {
      return true;
    }

    @Override
    public String message() {
      return "host key of " + host + " is known (" + known.key() + ", " + known.location() + ")";
    }
  }

  /** An authority that known_hosts has for the host has certified the key. */
  record Certified(String host, HostCertificate certificate, KnownKey authority)
      implements HostKeyVerdict {
    @Override
    public boolean accepted() {
      return true;
    }

    @Override
    public String message() {
      return "host key of "
          + host
          + " is certified ("
          + certificate
          + ", "
          + authority.location()
          + ")";
    }
  }

  /** The certificate proves nothing, so its key counts like any other. */
  record Uncertified(HostKeyVerdict plain, HostCertificate certificate, String objection)
      implements HostKeyVerdict {
    @Override
    public Optional<HostKeyChange> change() {
      return plain.change();
    }

    @Override
    public String host() {
      return plain.host();
    }

    @Override
    public boolean accepted() {
      return plain.accepted();
    }

    @Override
    public List<String> namesToWrite() {
      return plain.namesToWrite();
    }

    @Override
    public String message() {
      return plain.message() + " [" + certificate + " does not count: " + objection + "]";
    }
  }

  /** What is shown as a certificate is none, or does not count and its key alone may not either. */
  record BadCertificate(String host, HostCertificate certificate, String objection)
      implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is badly certified (%s: %s): not sending credentials"
          .formatted(host, certificate, objection);
    }
  }

  /**
   * Nothing was known, and the policy is {@code accept-new}: the key is to be written down.
   *
   * @param namesToWrite the host's, and its address if that is looked up
   */
  record NewAccepted(String host, HostKey key, List<String> namesToWrite)
      implements HostKeyVerdict {
    public NewAccepted {
      namesToWrite = List.copyOf(namesToWrite);
    }

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

  /** Nothing is known, and no line of known_hosts could name this host and no other. */
  record NotWritable(String host, HostKey key) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is unknown (%s), and known_hosts cannot spell that name: not sending credentials"
          .formatted(host, key);
    }
  }

  /** Nothing was known, and the client has brought many other new names. */
  record TooManyNew(String host, HostKey key) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is unknown (%s), and its client has brought %d new hosts within %d h: not sending credentials"
          .formatted(host, key, NewNames.MAX_OF_CLIENT, NewNames.PERIOD.toHours());
    }
  }

  /** Nothing was known, and too many others are about to become known. */
  record TooManyAtOnce(String host, HostKey key) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is unknown (%s), and first logins to %d other hosts go on: not sending credentials"
          .formatted(host, key, AcceptedKeys.MAX_CLAIMED);
    }
  }

  /** Nothing can be read about the host, but there is a line that cannot be read. */
  record PerhapsKnown(String host, HostKey key, UnreadableLine line) implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is unknown (%s), and nobody new is accepted while %s: not sending credentials"
          .formatted(host, key, line);
    }
  }

  /** Nothing was known, the key cannot be written down, and too many are kept in mind already. */
  record NotRemembered(String host, HostKey key, Path file, String reason)
      implements HostKeyVerdict {
    @Override
    public String message() {
      return "host key of %s is unknown (%s), and %s cannot be written (%s) since many others: not sending credentials"
          .formatted(host, key, file, reason);
    }
  }

  /** Other keys are known, this one is not among them; other types count too, as in OpenSSH. */
  record Changed(String host, KnownKey expected, HostKey got) implements HostKeyVerdict {
    @Override
    public Optional<HostKeyChange> change() {
      return Optional.of(HostKeyChange.OTHER_KEY);
    }

    @Override
    public String message() {
      return "host key of %s changed (expected %s, %s; got %s): not sending credentials"
          .formatted(host, expected.key(), expected.location(), got);
    }
  }

  /** The host is known by whoever certifies it, and this key is neither certified nor known. */
  record NotCertified(String host, KnownKey authority, HostKey got) implements HostKeyVerdict {
    @Override
    public Optional<HostKeyChange> change() {
      return Optional.of(HostKeyChange.NOT_CERTIFIED);
    }

    @Override
    public String message() {
      return "host key of %s changed (expected a certificate by %s, %s; got %s): not sending credentials"
          .formatted(host, authority.key(), authority.location(), got);
    }
  }

  /** Under the host's name all is well, but its address is known with another key. */
  record AddressDiffers(String host, String address, KnownKey expected, HostKey got)
      implements HostKeyVerdict {
    @Override
    public Optional<HostKeyChange> change() {
      return Optional.of(HostKeyChange.OTHER_ADDRESS);
    }

    @Override
    public String message() {
      return "host key of %s differs from that of its address %s (expected %s, %s; got %s): not sending credentials"
          .formatted(host, address, expected.key(), expected.location(), got);
    }
  }

  /** known_hosts says {@code @revoked}: of the key, or of the authority that certified it. */
  record Revoked(String host, KnownKey revocation) implements HostKeyVerdict {
    @Override
    public Optional<HostKeyChange> change() {
      return Optional.of(HostKeyChange.REVOKED);
    }

    @Override
    public String message() {
      return "host key of %s is revoked (%s, %s): not sending credentials"
          .formatted(host, revocation.key(), revocation.location());
    }
  }

  /** Another key than the one that this connection began with, at a later key exchange. */
  record Switched(String host, HostKey expected, HostKey got) implements HostKeyVerdict {
    @Override
    public Optional<HostKeyChange> change() {
      return Optional.of(HostKeyChange.SWITCHED);
    }

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
