package culvert.ssh.mina.auth;

import culvert.config.Secret;
import culvert.config.SshProfile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the private keys that a profile names, and no others: with the daemon owner's own keys, any
 * client could log in as whoever trusts them. Blocks. Decrypted keys are kept until their file
 * changes, since bcrypt costs a tenth of a second and more. Thread-safe.
 */
final class IdentityLoader {
  private static final Logger log = LoggerFactory.getLogger(IdentityLoader.class);
  private static final int MAX_OCTETS = 1 << 20;

  private final Map<Path, Cached> cache = new ConcurrentHashMap<>();

  private record Cached(
      FileTime modified, long size, Optional<Secret> passphrase, Identity identity) {}

  /** What could be loaded, and for people what could not. */
  record Loaded(List<Identity> identities, List<String> problems) {
    static final Loaded NOTHING = new Loaded(List.of(), List.of());

    Loaded {
      identities = List.copyOf(identities);
      problems = List.copyOf(problems);
    }
  }

  Loaded load(SshProfile profile) {
    List<Identity> identities = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path file : profile.login().identityFiles()) {
      try {
        identities.add(load(file, profile.login().identityPassphrase()));
      } catch (IdentityException e) {
        log.warn("profile {}: {}", profile.name(), e.getMessage());
        problems.add(e.getMessage());
      }
    }
    return new Loaded(identities, problems);
  }

  private Identity load(Path file, Optional<Secret> passphrase) throws IdentityException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Cached cached = cache.get(file);
      if (cached != null
          && cached.modified().equals(attributes.lastModifiedTime())
          && cached.size() == attributes.size()
          && cached.passphrase().equals(passphrase)) {
        return cached.identity();
      }
      cache.remove(file);
      Identity identity = read(file, attributes, passphrase);
      cache.put(
          file, new Cached(attributes.lastModifiedTime(), attributes.size(), passphrase, identity));
      return identity;
    } catch (NoSuchFileException e) {
      throw new IdentityException("identity file " + file + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IdentityException(
          "identity file " + file + " cannot be read: permission denied", e);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IdentityException("identity file " + file + ": " + e.getMessage(), e);
    }
  }

  static boolean isLocked(Path file, Optional<Secret> passphrase) {
    try {
      read(file, Files.readAttributes(file, BasicFileAttributes.class), passphrase);
      return false;
    } catch (LockedKeyException e) {
      return true;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return false; // the login says what is wrong
    }
  }

  private static Identity read(
      Path file, BasicFileAttributes attributes, Optional<Secret> passphrase)
      throws IOException, GeneralSecurityException {
    if (!attributes.isRegularFile()) {
      throw new IOException("is not a file");
    }
    if (attributes.size() > MAX_OCTETS) {
      throw new IOException(
          "has "
              + attributes.size()
              + " octets (expected: a private key, at most "
              + MAX_OCTETS
              + ")");
    }
    refuseOpenPermissions(file);
    return new Identity(file, PrivateKeyFile.parse(Files.readAllBytes(file), passphrase));
  }

  /** As OpenSSH: a key of ours that others can read is no secret. */
  private static void refuseOpenPermissions(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    int mode = (int) Files.getAttribute(file, "unix:mode") & 07777;
    boolean ours = Files.getOwner(file).getName().equals(System.getProperty("user.name"));
    if (ours && (mode & 077) != 0) {
      throw new IOException(
          "permissions %04o are too open (expected: 0600, readable by its owner only)"
              .formatted(mode));
    }
  }

  /** Message: which file, and what is wrong with it. */
  private static final class IdentityException extends Exception {
    IdentityException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
