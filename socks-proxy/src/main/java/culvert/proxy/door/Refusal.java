package culvert.proxy.door;

/** Why a client was not connected; the reply codes of RFC 1928 section 6. */
public enum Refusal {
  GENERAL_FAILURE(1),
  NOT_ALLOWED(2),
  NETWORK_UNREACHABLE(3),
  HOST_UNREACHABLE(4),
  CONNECTION_REFUSED(5),
  TIMED_OUT(6),
  COMMAND_NOT_SUPPORTED(7),
  ADDRESS_TYPE_NOT_SUPPORTED(8);

  private final int socks5Code;

  Refusal(int socks5Code) {
    this.socks5Code = socks5Code;
  }

  public int socks5Code() {
    return socks5Code;
  }
}
