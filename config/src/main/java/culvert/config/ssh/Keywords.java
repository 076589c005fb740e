package culvert.config.ssh;

import culvert.config.ssh.Directive.Setting;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keywords of ssh_config(5), and what becomes of each. */
final class Keywords {
  static final String HOST = "host";
  static final String MATCH = "match";
  static final String INCLUDE = "include";
  static final String IGNORE_UNKNOWN = "ignoreunknown";

  /** Reads the arguments of a keyword. */
  interface Reader {
    List<Setting> read(Arguments arguments);
  }

  private static final Map<String, Reader> READERS = new HashMap<>();

  /** What would change the way or the trust, each with the values by which it does not. */
  private static final Map<String, Set<String>> WITHOUT_EFFECT =
      Map.ofEntries(
          Map.entry("addressfamily", Set.of("any")),
          Map.entry("bindaddress", Set.of()),
          Map.entry("bindinterface", Set.of()),
          Map.entry("canonicalizehostname", Set.of("no", "false")),
          Map.entry("casignaturealgorithms", Set.of()),
          Map.entry("knownhostscommand", Set.of("none")),
          Map.entry("nohostauthenticationforlocalhost", Set.of("no", "false")),
          Map.entry("pkcs11provider", Set.of("none")),
          Map.entry("pubkeyacceptedalgorithms", Set.of()),
          Map.entry("pubkeyacceptedkeytypes", Set.of()),
          Map.entry("requiredrsasize", Set.of()),
          Map.entry("revokedhostkeys", Set.of("none")),
          Map.entry("smartcarddevice", Set.of("none")),
          Map.entry("tag", Set.of("none")),
          Map.entry("verifyhostkeydns", Set.of("no", "false")));

  /** For terminals, forwarded ports, and methods that Culvert has not; or long without meaning. */
  private static final Set<String> IRRELEVANT =
      Set.of(
          ("addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal"
                  + " canonicalizemaxdots canonicalizepermittedcnames channeltimeout cipher"
                  + " clearallforwardings compression compressionlevel connectionattempts"
                  + " controlmaster controlpath controlpersist dynamicforward enableescapecommandline"
                  + " enablesshkeysign escapechar exitonforwardfailure fallbacktorsh fingerprinthash"
                  + " forkafterauthentication forwardagent forwardx11 forwardx11timeout"
                  + " forwardx11trusted gatewayports globalknownhostsfile2 gssapiauthentication"
                  + " gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms"
                  + " gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity"
                  + " gssapitrustdns hashknownhosts hostbasedacceptedalgorithms"
                  + " hostbasedauthentication hostbasedkeytypes ipqos kbdinteractivedevices keepalive"
                  + " kerberosauthentication kerberostgtpassing localcommand localforward"
                  + " logverbose loglevel numberofpasswordprompts obscurekeystroketiming"
                  + " permitlocalcommand permitremoteopen protocol proxyusefdpass remotecommand"
                  + " remoteforward requesttty rhostsauthentication rhostsrsaauthentication"
                  + " rsaauthentication securitykeyprovider sendenv sessiontype setenv stdinnull"
                  + " streamlocalbindmask streamlocalbindunlink syslogfacility tcpkeepalive tunnel"
                  + " tunneldevice updatehostkeys useprivilegedport userknownhostsfile2 useroaming"
                  + " usersh versionaddendum visualhostkey warnweakcrypto xauthlocation")
              .split(" "));

  private static final Set<String> ALL = new LinkedHashSet<>(List.of(HOST, MATCH, INCLUDE));

  static {
    Values.register(READERS);
    ALL.addAll(READERS.keySet());
    ALL.add(IGNORE_UNKNOWN);
    ALL.addAll(WITHOUT_EFFECT.keySet());
    ALL.addAll(IRRELEVANT);
  }

  private Keywords() {}

  static Set<String> all() {
    return ALL;
  }

  /** Reads a line that is neither of a block nor an Include. */
  static List<Setting> read(String keyword, Arguments arguments) {
    @Nullable Reader reader = READERS.get(keyword);
    if (reader != null) {
      List<Setting> settings = reader.read(arguments);
      arguments.end();
      return arguments.wrong() ? List.of() : settings;
    }
    @Nullable Set<String> harmless = WITHOUT_EFFECT.get(keyword);
    if (harmless != null) {
      String value = arguments.next();
      if (!arguments.wrong() && !harmless.contains(Ascii.lower(value))) {
        arguments.warn(arguments.shown(value) + " is not understood, and without effect");
      }
    }
    return List.of();
  }
}
