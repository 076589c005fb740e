package culvert.ssh.mina;

/** Placeholder until the transport lands. */
public final class MinaSshTransport {
  private MinaSshTransport() {}
}
