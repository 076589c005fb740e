package culvert.proxy.ftp;

import culvert.proxy.ftp.DataConnections.Claim;
import java.util.Optional;

/**
 * What becomes of a client.
 *
 * @param taker who takes it if it is taken
 */
record Verdict(Claim claim, Optional<DataTaker> taker) {
  static Verdict taken(DataTaker taker) {
    return new Verdict(Claim.TAKEN, Optional.of(taker));
  }

  static Verdict of(Claim claim) {
    return new Verdict(claim, Optional.empty());
  }
}
