package culvert.config;

import java.util.List;

/**
 * Algorithms by their names on the wire, or changes to Culvert's own lists as in ssh_config(5):
 * {@code +name}, {@code -name}, {@code ^name}. An empty list is Culvert's own.
 */
public record SshAlgorithms(
    List<String> ciphers, List<String> macs, List<String> kex, List<String> hostKeys) {

  public SshAlgorithms {
    ciphers = List.copyOf(ciphers);
    macs = List.copyOf(macs);
    kex = List.copyOf(kex);
    hostKeys = List.copyOf(hostKeys);
  }
}
