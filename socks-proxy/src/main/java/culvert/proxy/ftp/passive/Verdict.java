package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.ftp.passive.DataConnections.Claim;
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
