package culvert.config.ssh;

import culvert.config.ssh.Directive.Setting;
import culvert.config.ssh.Keywords.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the keywords' values are read. */
final class Values {
  private static final List<String> YES_NO = List.of("yes", "no", "true", "false");
  private static final List<String> STRICT =
      List.of("yes", "accept-new", "ask", "no", "off", "true", "false");
  private static final Pattern ALGORITHMS =
      Pattern.compile("[+^-]?[A-Za-z0-9@.*?_-]+(?:,[A-Za-z0-9@.*?_-]+)*");
  private static final String SOME_ALGORITHMS =
      "algorithms with commas, or +, - or ^ and algorithms with commas";
  private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z0-9_]+");
  private static final int MAX_FILES = 100;

  private Values() {}

  static void register(Map<String, Reader> readers) {
    readers.put("hostname", Values::hostName);
    readers.put("port", Values::port);
    readers.put("user", text(Option.USER));
    readers.put("hostkeyalias", text(Option.HOST_KEY_ALIAS));
    readers.put("identityfile", file(Option.IDENTITY_FILE));
    readers.put("identityfile2", file(Option.IDENTITY_FILE));
    readers.put("certificatefile", file(Option.CERTIFICATE_FILE));
    readers.put("identityagent", Values::agent);
    readers.put("userknownhostsfile", files(Option.USER_KNOWN_HOSTS_FILE, true));
    readers.put("globalknownhostsfile", files(Option.GLOBAL_KNOWN_HOSTS_FILE, false));
    readers.put("stricthostkeychecking", Values::strictHostKeyChecking);
    readers.put("identitiesonly", flag(Option.IDENTITIES_ONLY));
    readers.put("checkhostip", flag(Option.CHECK_HOST_IP));
    readers.put("proxyjump", Values::proxyJump);
    readers.put("proxycommand", Values::proxyCommand);
    readers.put("ciphers", algorithms(Option.CIPHERS));
    readers.put("macs", algorithms(Option.MACS));
    readers.put("kexalgorithms", algorithms(Option.KEX_ALGORITHMS));
    readers.put("hostkeyalgorithms", algorithms(Option.HOST_KEY_ALGORITHMS));
    readers.put("serveraliveinterval", time(Option.SERVER_ALIVE_INTERVAL));
    readers.put("serveralivecountmax", parsed(Option.SERVER_ALIVE_COUNT_MAX, Numbers::count));
    readers.put("connecttimeout", time(Option.CONNECT_TIMEOUT));
    readers.put("rekeylimit", Values::rekeyLimit);
    readers.put("preferredauthentications", text(Option.PREFERRED_AUTHENTICATIONS));
    Reader pubkey =
        word(
            Option.PUBKEY_AUTHENTICATION,
            List.of("yes", "no", "true", "false", "unbound", "host-bound"));
    readers.put("pubkeyauthentication", pubkey);
    readers.put("dsaauthentication", pubkey);
    readers.put("passwordauthentication", flag(Option.PASSWORD_AUTHENTICATION));
    Reader interactive = flag(Option.KBD_INTERACTIVE_AUTHENTICATION);
    readers.put("kbdinteractiveauthentication", interactive);
    readers.put("challengeresponseauthentication", interactive);
    readers.put("skeyauthentication", interactive);
    readers.put("tisauthentication", interactive);
  }

  private static List<Setting> one(Option option, @Nullable String value) {
    return value == null ? List.of() : List.of(new Setting(option, List.of(value)));
  }

  private static Reader text(Option option) {
    return arguments -> one(option, arguments.next());
  }

  private static Reader parsed(Option option, Function<String, String> parser) {
    return arguments -> one(option, arguments.next(parser));
  }

  private static Reader word(Option option, List<String> words) {
    return arguments -> one(option, arguments.word(words));
  }

  private static Reader flag(Option option) {
    return arguments -> {
      String word = arguments.word(YES_NO);
      return one(option, word.equals("true") ? "yes" : word.equals("false") ? "no" : word);
    };
  }

  /** {@code none} leaves it to a later line. */
  private static Reader time(Option option) {
    return arguments -> {
      String text = arguments.next();
      return text.equals("none") || arguments.wrong()
          ? List.of()
          : one(option, parse(arguments, text, Numbers::time));
    };
  }

  private static <T> @Nullable T parse(
      Arguments arguments, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      arguments.expected(text, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static List<Setting> hostName(Arguments arguments) {
    String name = arguments.next();
    Tokens.problem(name, "h").ifPresent(token -> arguments.expected(token, "%h or %%"));
    return one(Option.HOST_NAME, name);
  }

  private static List<Setting> port(Arguments arguments) {
    return one(Option.PORT, arguments.next(text -> Numbers.port(portNumber(text, arguments))));
  }

  private static String portNumber(String text, Arguments arguments) {
    boolean name = !text.isEmpty() && !Character.isDigit(text.charAt(0));
    return name ? Services.port(text, arguments.services()).orElse(text) : text;
  }

  private static List<Setting> rekeyLimit(Arguments arguments) {
    List<Setting> settings = new ArrayList<>();
    String limit = arguments.next();
    if (!arguments.wrong()) {
      String bytes = limit.equals("default") ? "0" : parse(arguments, limit, Numbers::size);
      settings.addAll(one(Option.REKEY_LIMIT, bytes));
    }
    if (arguments.hasNext() && !arguments.wrong()) {
      settings.addAll(time(Option.REKEY_INTERVAL).read(arguments));
    }
    return settings;
  }

  private static List<Setting> strictHostKeyChecking(Arguments arguments) {
    return switch (arguments.word(STRICT)) {
      case "accept-new" -> one(Option.STRICT_HOST_KEY_CHECKING, "accept-new");
      case "no", "off", "false" -> {
        if (!arguments.wrong()) {
          arguments.warn("a changed host key is refused all the same, as with accept-new");
        }
        yield one(Option.STRICT_HOST_KEY_CHECKING, "accept-new");
      }
      default -> one(Option.STRICT_HOST_KEY_CHECKING, "yes"); // nobody can be asked
    };
  }

  private static Reader algorithms(Option option) {
    return arguments -> {
      String text = arguments.next();
      if (!arguments.wrong() && !ALGORITHMS.matcher(text).matches()) {
        arguments.expected(text, SOME_ALGORITHMS);
      }
      if (!arguments.wrong()) {
        arguments.algorithms(signed(text));
      }
      return one(option, text);
    };
  }

  /** Each algorithm of a list with the sign before the whole. */
  static List<String> signed(String list) {
    String sign = "+-^".indexOf(list.charAt(0)) >= 0 ? list.substring(0, 1) : "";
    return Stream.of(list.substring(sign.length()).split(",")).map(name -> sign + name).toList();
  }

  private static List<Setting> proxyJump(Arguments arguments) {
    String jumps = arguments.rest();
    int comment = jumps.indexOf('#');
    String text = (comment < 0 ? jumps : jumps.substring(0, comment)).stripTrailing();
    @Nullable List<Jump> parsed = parse(arguments, text, Jump::parse);
    if (parsed == null) {
      return List.of();
    }
    parsed.stream()
        .flatMap(jump -> jump.unknownToken().stream())
        .forEach(
            token ->
                arguments.warn(
                    arguments.shown(token)
                        + " is none of %% %h %k %n %p %r, so that no such host is found"));
    return one(Option.PROXY_JUMP, text);
  }

  /** Kept only because it takes the place of a later ProxyJump. */
  private static List<Setting> proxyCommand(Arguments arguments) {
    String command = arguments.rest();
    if (!command.equalsIgnoreCase("none")) {
      arguments.warn("is not understood, and never run");
    }
    return one(Option.PROXY_COMMAND, command);
  }

  // Files

  private static Reader file(Option option) {
    return arguments -> {
      String path = arguments.next();
      return expandable(arguments, path, true) ? one(option, path) : List.of();
    };
  }

  private static Reader files(Option option, boolean expanded) {
    return arguments -> {
      List<String> paths = new ArrayList<>();
      do {
        String path = arguments.next();
        if (path.equalsIgnoreCase("none") && (arguments.hasNext() || !paths.isEmpty())) {
          arguments.refuse("none beside others");
        }
        if (expandable(arguments, path, expanded)) {
          paths.add(path);
        }
      } while (arguments.hasNext() && paths.size() < MAX_FILES);
      return paths.isEmpty() ? List.of() : List.of(new Setting(option, List.copyOf(paths)));
    };
  }

  /** Whether the path can be expanded here; if not, that has been said. */
  private static boolean expandable(Arguments arguments, String path, boolean tokens) {
    if (arguments.wrong()) {
      return false;
    }
    if (path.startsWith("~") && path.length() > 1 && path.charAt(1) != '/') {
      arguments.warn(arguments.shown(path) + ": another user's home is not understood; left out");
      return false;
    }
    return !tokens || expandableTokens(arguments, path);
  }

  private static boolean expandableTokens(Arguments arguments, String path) {
    Optional<String> unknown = Tokens.problem(path, Tokens.FOR_FILES);
    Optional<String> unset = Tokens.unsetVariable(path, arguments.variables());
    if (unknown.isPresent()) {
      arguments.expected(unknown.get(), "one of %% %C %d %h %i %j %k %L %l %n %p %r %u");
    } else if (unset.isPresent()) {
      arguments.warn(
          arguments.shown(path)
              + ": "
              + arguments.shown(unset.get())
              + " is not set in the environment; left out");
      return true; // by PathExpansion, so that nothing else takes its place
    } else {
      Optional<String> left = Tokens.problem(path, Tokens.UNDERSTOOD);
      left.ifPresent(
          token ->
              arguments.warn(
                  arguments.shown(path) + ": " + token + " is not understood; left out"));
      return left.isEmpty();
    }
    return false;
  }

  private static List<Setting> agent(Arguments arguments) {
    String agent = arguments.next();
    if (arguments.wrong()) {
      return List.of();
    }
    if (agent.startsWith("$") && !agent.startsWith("${")) {
      if (!VARIABLE_NAME.matcher(agent.substring(1)).matches()) {
        arguments.expected(agent, "$NAME of an environment variable");
      }
      return one(Option.IDENTITY_AGENT, agent);
    }
    boolean unset = Tokens.unsetVariable(agent, arguments.variables()).isPresent();
    return unset || expandable(arguments, agent, true)
        ? one(Option.IDENTITY_AGENT, agent)
        : List.of();
  }
}
