package culvert.ssh.mina.auth;

import culvert.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads private keys, and the public halves of those that it cannot open. Blocks. Decrypted keys
 * are kept until their file changes, since bcrypt costs a tenth of a second and more. Thread-safe.
 */
final class KeyFiles {
  private final Map<Path, Cached> cache = new ConcurrentHashMap<>();

  private record Cached(FileTime modified, long size, Optional<Secret> passphrase, FileKey key) {}

  KeyFile load(Path file, Optional<Secret> passphrase) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Cached cached = cache.get(file);
      if (cached != null
          && cached.modified().equals(attributes.lastModifiedTime())
          && cached.size() == attributes.size()
          && cached.passphrase().equals(passphrase)) {
        return KeyFile.withPrivateKey(file, cached.key());
      }
      cache.remove(file);
      FileKey key = read(file, attributes, passphrase);
      cache.put(
          file, new Cached(attributes.lastModifiedTime(), attributes.size(), passphrase, key));
      return KeyFile.withPrivateKey(file, key);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return KeyFile.withoutPrivateKey(file, publicKey(file), SmallFile.problem(e));
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

  private static FileKey read(
      Path file, BasicFileAttributes attributes, Optional<Secret> passphrase)
      throws IOException, GeneralSecurityException {
    byte[] content = SmallFile.read(file, attributes, "a private key");
    if (PrivateKeyFile.isPrivate(content)) {
      refuseOpenPermissions(file);
    }
    return new FileKey(PrivateKeyFile.parse(content, passphrase));
  }

  /** As OpenSSH finds it: the file is public, or its private key says so, or {@code FILE.pub}. */
  private static Optional<KeyBlob> publicKey(Path file) {
    try {
      byte[] content = SmallFile.read(file, "a private key");
      if (!PrivateKeyFile.isPrivate(content)) {
        return Optional.of(KeyBlob.parseLine(new String(content, StandardCharsets.ISO_8859_1)));
      }
      Optional<KeyBlob> inside = PrivateKeyFile.publicKey(content);
      if (inside.isPresent()) {
        return inside;
      }
    } catch (IOException e) {
      // the file beside it may be better
    }
    try {
      Path beside = file.resolveSibling(file.getFileName() + ".pub");
      byte[] content = SmallFile.read(beside, "a public key");
      return Optional.of(KeyBlob.parseLine(new String(content, StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      return Optional.empty(); // the problem with the private key stands
    }
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
}
