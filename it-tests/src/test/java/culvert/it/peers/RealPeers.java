package culvert.it.peers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Needs the programs and the account of {@code it-tests/peers/install.sh}. Without them the test is
 * skipped with the reason; with {@code CI=true} it fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RealPeersCondition.class)
public @interface RealPeers {
  /** Where {@code install.sh} unpacks the FTP servers whose packages conflict with vsftpd's. */
  Path UNPACKED = Path.of("/usr/local/lib/culvert-peers");
}
