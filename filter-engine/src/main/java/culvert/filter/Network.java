package culvert.filter;

import culvert.config.Cidr;

/**
 * A network in the form in which it is looked up.
 *
 * @param address with no bit set behind the first {@code length}
 */
record Network(IpAddress address, int length) {

  static Network of(Cidr cidr) {
    return new Network(IpAddress.networkOf(cidr), IpAddress.prefixLengthOf(cidr));
  }

  static Network of(IpAddress address) {
    return new Network(address, address.width());
  }

  /** The network of this prefix length that this one lies in. */
  Network within(int shorter) {
    return new Network(address.prefix(shorter), shorter);
  }
}
