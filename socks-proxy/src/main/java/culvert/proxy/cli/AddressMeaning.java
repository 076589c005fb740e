package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.config.HostPattern;
import culvert.config.ListenerConfig;
import culvert.config.Rule;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationNames;
import culvert.filter.FilterEngine;
import java.io.PrintStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tells a person for what an address stands that a client has connected to. Blocks. */
record AddressMeaning(CulvertConfig config, FilterEngine engine, PrintStream out) {

  /** Says all of it; the request with the names, if it is one of a captured client. */
  ConnectionRequest tell(InetAddress address, ConnectionRequest request) {
    if (config.pseudoAddresses().contains(address)) {
      out.println(
          "  note: one of pseudo-addresses ("
              + config.pseudoAddresses()
              + "): under culvert exec it is the name for which that one command has got it");
    }
    if (config.listeners().stream().noneMatch(ListenerConfig.Redirect.class::isInstance)) {
      out.println("  note: without a redirect listener no name of a rule stands for an address");
      return request;
    }
    return request.names() instanceof DestinationNames.NotLookedUp
        ? names(address, request)
        : request;
  }

  /** The request with the names that stand for its address. */
  ConnectionRequest names(InetAddress address, ConnectionRequest request) {
    NamesNow now = NamesNow.of(address, engine.names());
    for (String name : now.standing()) {
      out.println("  " + request.host() + " is " + name + " now, of " + rules(name));
    }
    if (now.standing().isEmpty()) {
      out.println("  no name of a rule stands for " + request.host() + " now");
    }
    if (now.unknown() > 0) {
      out.println("  note: " + now.unknown() + " names of rules could not be looked up in time");
    }
    return request.withNames(new DestinationNames.Known(now.standing()));
  }

  private String rules(String name) {
    List<String> all =
        config.rules().stream().filter(rule -> spellsOut(rule, name)).map(Rule::name).toList();
    return (all.size() == 1 ? "rule " : "rules ")
        + all.stream().limit(4).collect(Collectors.joining(", "))
        + (all.size() > 4 ? " and " + (all.size() - 4) + " more" : "");
  }

  private static boolean spellsOut(Rule rule, String name) {
    return rule.match().hosts().stream()
        .map(HostPattern::text)
        .map(text -> text.toLowerCase(Locale.ROOT).replaceFirst("\\.$", ""))
        .anyMatch(name::equals);
  }
}
