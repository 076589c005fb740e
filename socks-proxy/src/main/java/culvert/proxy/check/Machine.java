package culvert.proxy.check;

import culvert.config.Secret;
import java.nio.file.Path;
import java.util.Optional;

/** What a configuration may depend on of the machine that it is for. Blocks. */
public interface Machine {

  /** What keeps the file from being read, as it follows on its name; empty: nothing does. */
  Optional<String> problemOfFile(Path file);

  /** Whether there is such a file, readable or not. */
  boolean exists(Path file);

  /**
   * What keeps an identity file from being used, as it follows on its name.
   *
   * @param withAgent whether an agent may hold the private half, so that the public one will do
   */
  Optional<String> problemOfKey(Path file, Optional<Secret> passphrase, boolean withAgent);

  /** The same for a certificate. */
  Optional<String> problemOfCertificate(Path file);

  /** Whether somebody is called that here. */
  boolean isUser(String name);

  /** Whom this process runs as. */
  String ownUser();

  /** Whether the user and program of local clients can be found out at all. */
  boolean knowsOwners();

  /** Whether the programs of other users may be looked at. */
  boolean seesOthersPrograms();

  /** Whether it can be found out where a connection was meant to go that netfilter has brought. */
  boolean seesOriginalDestinations();
}
