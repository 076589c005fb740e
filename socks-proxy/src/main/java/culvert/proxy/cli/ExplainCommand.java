package culvert.proxy.cli;

import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision;
import culvert.filter.DestinationAddress;
import culvert.filter.DestinationNames;
import culvert.filter.Explanation;
import culvert.filter.FilterEngine;
import culvert.filter.Route;
import culvert.filter.RuleCompiler;
import culvert.proxy.door.HostAddress;
import culvert.proxy.owner.UserNames;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvert explain}. */
@Command(
    name = "explain",
    description = {
      "Says which rule a connection matches, and which route follows.",
      "Says why the earlier rules do not match, and which fallback there is. Connects to",
      "nothing; asks the name server where a rule needs an address."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert explain ftp.example.com:21 --from 10.1.2.3|@"})
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ConfigOption configOption;
  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(multiplicity = "1")
  private final What what = new What();

  private Endpoint destination = new Endpoint("localhost", 21);

  /** One of the two. */
  private static final class What {
    @Parameters(
        paramLabel = "HOST[:PORT]",
        description = "The destination as the client would name it; port 21 if it is left out.",
        converter = FtpServerConverter.class)
    private @Nullable Endpoint host;

    @Option(
        names = "--address",
        paramLabel = "ADDR[:PORT]",
        description = {
          "Say instead what an address can mean: which names of rules stand for it now,",
          "and what becomes of a captured connection to it."
        },
        converter = FtpServerConverter.class)
    private @Nullable Endpoint address;
  }

  @Option(
      names = "--from",
      paramLabel = "ADDR",
      description = {
        "The client's address (default: 127.0.0.1; at a listener for clients of other",
        "hosts the first one of their networks)."
      },
      converter = AddressConverter.class)
  private @Nullable InetAddress from;

  private InetAddress client = NetUtil.LOCALHOST4;

  @Option(
      names = "--listener",
      paramLabel = "NAME",
      description = {
        "Where the client connects (default: the first SOCKS listener, or, with",
        "--address, the first redirect listener); exec: it runs under culvert exec."
      })
  private @Nullable String listenerName;

  @Option(
      names = "--app",
      paramLabel = "NAME",
      description = "The name of the client's program, for rules that ask for it.")
  private @Nullable String application;

  @Option(
      names = "--os-user",
      paramLabel = "NAME",
      description = "The user of this host that the client runs as, for rules that ask for it.")
  private @Nullable String osUser;

  @Option(
      names = "--all",
      description = "Say of each earlier rule why it does not match, however many there are.")
  private boolean all;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    return configOption.use(
        config -> {
          explain(config);
          return ExitCode.OK;
        });
  }

  private void explain(CulvertConfig config) {
    destination = Objects.requireNonNull(what.address == null ? what.host : what.address);
    Optional<InetAddress> literal = literal();
    if (what.address != null && literal.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--address: " + what.address + " (expected: an address, such as 10.1.0.7:21)");
    }
    boolean command = ListenerConfig.EXEC.equals(listenerName);
    Optional<ListenerConfig> listener = command ? Optional.empty() : Optional.of(listener(config));
    String name = listener.map(ListenerConfig::name).orElse(ListenerConfig.EXEC);
    PrintStream out = terminal.out();
    AssumedClient assumed =
        from == null
            ? AssumedClient.at(listener, literal, config)
            : new AssumedClient(from, Optional.empty());
    client = assumed.address();
    out.println(destination + " from " + NetUtil.toAddressString(client) + " at " + name);
    assumed.note().ifPresent(note -> out.println("  note: " + note));
    if (listener.filter(ExplainCommand::isFixedTunnel).isPresent()) {
      out.println("  no rule is asked: this listener is a fixed tunnel");
      return;
    }
    if (listener.filter(one -> keepsOut(one, config)).isPresent()) {
      out.println("  note: allow-from of this listener keeps this client out");
    }
    FilterEngine engine = RuleCompiler.compile(config).engine();
    AddressMeaning meaning = new AddressMeaning(config, engine, out);
    ConnectionRequest request =
        new ConnectionRequest(
            destination.host(),
            new DestinationAddress.NotResolved(),
            destination.port(),
            client,
            name);
    if (literal.isPresent() && listener.filter(ExplainCommand::isRedirect).isPresent()) {
      request = request.withNames(new DestinationNames.NotLookedUp());
    }
    if (what.address != null) {
      request = meaning.tell(literal.get(), request);
    }
    Explanation explanation = engine.explain(request);
    while (!(explanation.decision() instanceof Decision.Decided)) {
      request =
          explanation.decision() instanceof Decision.NeedsNames
              ? meaning.names(literal.orElseThrow(), request)
              : withWhatIsNeeded(request, explanation.decision());
      explanation = engine.explain(request);
    }
    new RejectedRules(explanation.rejected(), all).lines().forEach(out::println);
    explanation.withheld().ifPresent(why -> out.println("  note: " + why));
    if (explanation.decision() instanceof Decision.Decided decided) {
      if (blocksTheUnresolvable(request, decided)) {
        out.println(
            "  note: it may lie in a blocked network, which a rule for the host above would let pass");
      }
      new RouteDescription(config, destination).print(decided, out);
    }
  }

  private Optional<InetAddress> literal() {
    return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(destination.host()));
  }

  private static boolean isRedirect(ListenerConfig listener) {
    return listener instanceof ListenerConfig.Redirect;
  }

  private static boolean isFixedTunnel(ListenerConfig listener) {
    return !(listener instanceof ListenerConfig.Socks)
        && !(listener instanceof ListenerConfig.Redirect);
  }

  private boolean keepsOut(ListenerConfig listener, CulvertConfig config) {
    return listener instanceof ListenerConfig.Redirect redirect
        ? !redirect
            .allowFrom()
            .map(networks -> contain(networks, client))
            .orElseGet(() -> HostAddress.isThisHost(client) || isForwarded(redirect, config))
        : listener instanceof ListenerConfig.Socks socks && !contain(socks.allowFrom(), client);
  }

  private boolean isForwarded(ListenerConfig.Redirect redirect, CulvertConfig config) {
    return redirect.transparent()
        && config.capture().filter(capture -> contain(capture.forwarded(), client)).isPresent();
  }

  private static boolean contain(List<Cidr> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static boolean blocksTheUnresolvable(
      ConnectionRequest request, Decision.Decided decided) {
    return request.address() instanceof DestinationAddress.Unresolvable
        && decided.route() instanceof Route.Block
        && decided.rule().filter(rule -> !rule.match().networks().isEmpty()).isPresent();
  }

  private ListenerConfig listener(CulvertConfig config) {
    String wanted = listenerName;
    if (wanted == null) {
      return first(
              config,
              what.address == null ? ListenerConfig.Socks.class : ListenerConfig.Redirect.class)
          .or(() -> first(config, ListenerConfig.Socks.class))
          .orElseGet(() -> config.listeners().get(0));
    }
    return config.listeners().stream()
        .filter(listener -> listener.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--listener: no such listener: "
                        + wanted
                        + " (expected: one of "
                        + String.join(
                            ", ",
                            Stream.concat(
                                    config.listeners().stream().map(ListenerConfig::name),
                                    Stream.of(ListenerConfig.EXEC))
                                .toList())
                        + ")"));
  }

  private static Optional<ListenerConfig> first(
      CulvertConfig config, Class<? extends ListenerConfig> kind) {
    return config.listeners().stream().filter(kind::isInstance).findFirst();
  }

  private ConnectionRequest withWhatIsNeeded(ConnectionRequest request, Decision decision) {
    if (decision instanceof Decision.NeedsOsUser) {
      return request.withOsUser(
          osUser == null ? unknown("user", "--os-user") : new UserNames().of(osUser));
    }
    if (decision instanceof Decision.NeedsApplication) {
      return request.withApplication(
          application == null ? unknown("program", "--app") : Set.of(application));
    }
    return request.withAddress(resolve(destination.host()));
  }

  private Set<String> unknown(String what, String option) {
    terminal.out().println("  note: a rule asks for the client's " + what + ": see " + option);
    return Set.of();
  }

  private DestinationAddress resolve(String host) {
    Optional<InetAddress> found = HostAddress.of(lookUp(host)).stream().findFirst();
    terminal
        .out()
        .println(
            "  "
                + host
                + found
                    .map(address -> " resolves to " + NetUtil.toAddressString(address))
                    .orElse(" does not resolve here"));
    return found
        .<DestinationAddress>map(DestinationAddress.Known::new)
        .orElseGet(DestinationAddress.Unresolvable::new);
  }

  private static InetAddress[] lookUp(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      return new InetAddress[0];
    }
  }
}
