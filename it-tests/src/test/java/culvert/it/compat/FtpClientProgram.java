package culvert.it.compat;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A real FTP client that does one task for each call: a new session, the task, the end. It fails
 * with whatever throwable says best what the client said; the caller looks at the files. Several
 * calls may run at once.
 */
interface FtpClientProgram {

  /** The client's name and how it comes to the SOCKS proxy, such as {@code lftp, proxychains4}. */
  String name();

  /** Why the client cannot do this with that server: a fact that Culvert cannot change. */
  Optional<Reason> cannot(String server, Mode mode, Task task);

  /** Whether it can be sent to an IPv6 address. */
  default boolean knowsIpv6() {
    return true;
  }

  void upload(Site site, Mode mode, Path file, String name) throws Exception;

  void download(Site site, Mode mode, String name, Path file) throws Exception;

  /** What the client shows of the site's folder. */
  String list(Site site, Mode mode) throws Exception;

  /**
   * Downloads a file that takes long, breaks off in the client's own way once some of it is there,
   * and downloads another one: in the same session, if the client can break off without ending it.
   */
  void abort(Site site, Mode mode, String large, String small, Path smallFile) throws Exception;
}
